import type { CommandEntry } from './command-entry.ts';

export const label = ['--label <name=value>', 'recorded with the cut, shown by release show (repeatable)'] as const;

/** The commands of releases and of their evidence, in the order of the help. */
export const releaseCommands: readonly CommandEntry[] = [
  {
    name: 'release cut',
    summary: 'cut an immutable, content-addressed release from the working tree',
    more: 'In GitHub Actions and GitLab CI it records the run, the branch, the pull request and who started it. Cut again elsewhere, a release has both.',
    options: [['--source <directory>', 'use another checkout']],
    lists: [label],
    examples: ['soundbite release cut', 'soundbite release cut --label team=shop --json'],
    load: () => import('./commands/release-cut.ts'),
  },
  {
    name: 'release list',
    summary: 'releases, newest first, where each is live and, with a shared release store, where each is kept',
    examples: ['soundbite release list'],
    load: () => import('./commands/release-list.ts'),
  },
  {
    name: 'release show',
    args: '<release>',
    summary: 'where a release came from and what it contains',
    examples: ['soundbite release show 0123456789ab'],
    load: () => import('./commands/release-show.ts'),
  },
  {
    name: 'release verify',
    args: '<release>',
    summary: 'recompute every digest; names the first file that was altered, added or removed',
    more: 'The images of the release that are on the container engine are held against it, too: exit 1 if one is altered. Where no engine can be asked it says so, and they count neither way.',
    examples: ['soundbite release verify 0123456789ab', 'soundbite release verify 0123456789ab --json'],
    load: () => import('./commands/release-verify.ts'),
  },
  {
    name: 'release image',
    args: '[environment]',
    summary: 'make the image of a release for an environment on the container engine, from the release alone',
    more: 'A promotion into an environment with runtime: compose does it by itself; this is for whoever wants the image before that, or elsewhere. One that is there already is proven against the release, and made anew if it is not the release’s. Nothing is started, and what runs is not touched.',
    options: [
      ['--all', 'for all environments of the release'],
      ['--release <release>', 'this release (digest, or its first digits) instead of the newest of this home'],
    ],
    examples: [
      'soundbite release image {first}',
      'soundbite release image --all --release 0123456789ab',
      'soundbite release image {last} --json',
    ],
    load: () => import('./commands/release-image.ts'),
  },
  {
    name: 'release push',
    args: '<release>',
    summary: 'upload a release to the shared release store',
    more: 'If SOUNDBITE_RELEASE_STORE=s3://<bucket>/<prefix> is set, a cut uploads by itself; use this after that failed. It compares every file in the store with the release, and never overwrites one.',
    examples: ['soundbite release push 0123456789ab', 'soundbite release push 0123456789ab --json'],
    load: () => import('./commands/release-push.ts'),
  },
  {
    name: 'release remove',
    args: '<release>',
    summary: 'remove a release from this home, even an altered one',
    more: 'A copy in the shared release store stays there. Asks first. Refused while the release is live, the target of a rollback, or being promoted, in any environment. Name an altered release by its whole digest.',
    options: [['--yes', 'do not ask']],
    examples: ['soundbite release remove 0123456789ab', 'soundbite release remove 0123456789ab --yes --json'],
    load: () => import('./commands/release-remove.ts'),
  },
  {
    name: 'evidence add',
    args: '<release> <kind>',
    summary: 'keep a file that is evidence of a release, and read its verdict',
    more: 'The kind is yours: tests, security, review. The newest of a kind counts, so a later fail replaces a pass. JUnit’s XML, SARIF 2.1.0, and a plain JSON form are read. A file that says fail is recorded, exit 0; one that cannot be read is not kept, exit 2. 8 MiB at most. The forms: docs/reference/evidence.md.',
    options: [
      ['--file <file>', 'the file'],
      ['--format <format>', 'junit, sarif or json; the file says by itself when absent'],
      ['--url <url>', 'where a person can see it, e.g. the page of the CI'],
    ],
    examples: [
      'soundbite evidence add 0123456789ab tests --file junit.xml',
      'soundbite evidence add 0123456789ab security --file scan.sarif --url https://ci.example.com/runs/7 --json',
      'soundbite evidence add 0123456789ab review --file review.json',
    ],
    load: () => import('./commands/evidence-add.ts'),
  },
  {
    name: 'evidence list',
    args: '<release>',
    summary: 'evidence of a release, newest first',
    more: 'It stays when the release is removed from this home; name that one by its whole digest.',
    examples: ['soundbite evidence list 0123456789ab'],
    load: () => import('./commands/evidence-list.ts'),
  },
  {
    name: 'evidence show',
    args: '<evidence>',
    summary: 'what one piece of evidence says, who brought it and when',
    options: [['--save <file>', 'write the file as it was brought; one that is there is not replaced']],
    examples: [
      'soundbite evidence show 6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10',
      'soundbite evidence show 6f1ed002-ab55-4a2d-9b6c-3c2f0d8f7a10 --save review.json',
    ],
    load: () => import('./commands/evidence-show.ts'),
  },
];

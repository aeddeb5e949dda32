import type { Result, Shell } from './shell.ts';

type Arguments = readonly (string | undefined)[];
/** Values as commander gives them: `--no-x` gives `x: false`, a repeated option a list. */
export type Options = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
export type Run = (shell: Shell, args: Arguments, options: Options) => Promise<Result>;

/** One command as the help shows it. Its code is loaded when it runs: the start stays quick. */
export interface CommandEntry {
  /** `release cut`: a command of the group `release`. */
  readonly name: string;
  readonly args?: string;
  readonly summary: string;
  /** Options that it does not know are arguments: they are another program's. */
  readonly passesOptions?: true;
  readonly more?: string;
  readonly options?: readonly (readonly [flags: string, text: string])[];
  /** Options that may be given several times. */
  readonly lists?: readonly (readonly [flags: string, text: string])[];
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

const noWait = ['--no-wait', 'return at once, with state running'] as const;
const reason = ['--reason <text>', 'why; recorded'] as const;
const allowRemoval = ['--allow-removal <id>', 'a logical id that may be removed or replaced (repeatable)'] as const;
/** Commands that only read take any number of environments. */
const several =
  'Without a name: all environments. With --json, one named environment gives one document; several or all give {"environments": […]}, each in the same form.';
const detach =
  'Ctrl-C detaches (exit 130): the promotion continues, and with --through those after it. Attach again: soundbite promote --attach <promotion>; see it: soundbite status, soundbite history.';

/** Every command, in the order of the help. */
export const catalogue: readonly CommandEntry[] = [
  {
    name: 'up',
    args: '[environment...]',
    summary: 'start everything, cut a release if inputs changed, promote it through the emulated environments',
    more: 'With names it starts what these environments and those before them need, and promotes as far as the last one; everything else keeps running. If nothing changed, it changes nothing. It promotes only into emulated environments, and never again what was rolled back or refused.',
    options: [
      ['--no-promote', 'start everything and let unfinished promotions continue; cut and promote nothing new'],
      ['--without-records', 'continue although the records of this home are lost with their database; then: takeover'],
    ],
    examples: ['soundbite up', 'soundbite up dev-localstack', 'soundbite up staging', 'soundbite up --no-promote'],
    load: () => import('./commands/up.ts'),
  },
  {
    name: 'down',
    summary: 'stop everything that up started',
    options: [['--purge', 'also remove all state: releases, records, the emulated accounts and their data']],
    examples: ['soundbite down', 'soundbite down --purge'],
    load: () => import('./commands/down.ts'),
  },
  {
    name: 'status',
    args: '[environment...]',
    summary: 'what runs where, and what is under way',
    more: 'A real account is read at most every 15 s, and only what has traffic: validate checks everything. --watch runs until Ctrl-C: a terminal is redrawn, a pipe gets the changed lines, and with --json each change is the document of `status --json` on one line.',
    options: [['-w, --watch', 'follow every change until Ctrl-C']],
    examples: [
      'soundbite status',
      'soundbite status staging production',
      'soundbite status --watch',
      'soundbite status --watch --json',
    ],
    load: () => import('./commands/status.ts'),
  },
  {
    name: 'dev',
    args: '[environment]',
    summary: 'run the service there from source and reload on change',
    more: "Holds the environment's lock until Ctrl-C; then the live release serves again. Without an environment it says what dev can do in each one, and what to use where it cannot run.",
    examples: ['soundbite dev', 'soundbite dev dev-localstack'],
    load: () => import('./commands/dev.ts'),
  },
  {
    name: 'deploy',
    args: '[environment]',
    summary:
      'cut a release from the working tree and promote it into the first environment, or on through to the one named',
    more: `With an environment, --json prints the same as promote --through. ${detach}`,
    options: [noWait, reason],
    lists: [allowRemoval],
    examples: ['soundbite deploy', 'soundbite deploy staging', 'soundbite deploy --json'],
    load: () => import('./commands/deploy.ts'),
  },
  {
    name: 'plan',
    args: '[environment...]',
    summary: 'what a promotion would change there, or in all; changes nothing',
    more: several,
    options: [['--release <release>', 'this release instead of the live one of the environment before']],
    examples: [
      'soundbite plan production',
      'soundbite plan staging --release 0123456789ab',
      'soundbite plan staging production',
    ],
    load: () => import('./commands/plan.ts'),
  },
  {
    name: 'promote',
    args: '[environment]',
    summary: 'promote the release of the environment before into this one',
    more: detach,
    options: [
      ['--release <release>', 'this release (digest, or its first digits)'],
      ['--through <environment>', 'then continue, environment by environment, to this one'],
      ['--override', 'promote although the release is not healthy in the environment before; needs --reason'],
      reason,
      noWait,
      ['--attach <promotion>', 'follow a promotion that is already running'],
    ],
    lists: [allowRemoval],
    examples: [
      'soundbite promote staging',
      './scripts/promote-environment.sh staging',
      'soundbite promote --through production',
      'soundbite promote production --release 0123456789ab --override --reason "hotfix for the outage"',
    ],
    load: () => import('./commands/promote.ts'),
  },
  {
    name: 'rollback',
    args: '<environment>',
    summary: 'roll back to the previous release at once',
    more: `Moves versions only, never infrastructure. It first stops a promotion under way: if that restores the release that was live, there is nothing more to do. ${detach}`,
    options: [['--to <release>', 'roll back to this release instead of the previous one'], reason, noWait],
    examples: [
      'soundbite rollback production',
      './scripts/rollback-environment.sh production',
      'soundbite rollback staging --to 0123456789ab',
    ],
    load: () => import('./commands/rollback.ts'),
  },
  {
    name: 'repair',
    args: '<environment>',
    summary: 'restore what was deleted or changed by hand in the account, with the live release',
    more: `Creates missing resources again, restores settings, adopts what a deleted stack left, completes an interrupted update, and keeps all existing data. soundbite plan <environment> shows it first. ${detach}`,
    options: [reason, noWait],
    lists: [['--skip <id>', "a logical id that CloudFormation's rollback may skip (repeatable)"]],
    examples: ['soundbite repair staging', 'soundbite repair production --reason "the queue was deleted by mistake"'],
    load: () => import('./commands/repair.ts'),
  },
  {
    name: 'abort',
    args: '<promotion|environment>',
    summary: 'stop a promotion and everything after it; the previous release is live again',
    more: 'A rollback retries until it succeeds, and holds the environment. A second abort ends it; then check yourself what runs.',
    options: [reason],
    examples: ['soundbite abort production', 'soundbite abort production --reason "wrong release"'],
    load: () => import('./commands/abort.ts'),
  },
  {
    name: 'validate',
    args: '[environment...]',
    summary: 'declaration, account, stack, running digest and endpoints of environments',
    more: several,
    examples: [
      'soundbite validate staging',
      './scripts/validate-environment.sh staging',
      'soundbite validate',
      'soundbite validate staging production --json',
    ],
    load: () => import('./commands/validate.ts'),
  },
  {
    name: 'health',
    args: '[environment...]',
    summary: 'liveness, readiness, dependencies, jobs, digest and restarts',
    examples: ['soundbite health', 'soundbite health staging production', 'soundbite health production --json'],
    load: () => import('./commands/health.ts'),
  },
  {
    name: 'logs',
    args: '[environment...]',
    summary: 'logs of the service there, or in all',
    more: several,
    options: [
      ['-f, --follow', 'continue until Ctrl-C'],
      ['--since <time>', 'a span (90s, 10m, 2h, 1d) or a time (2026-01-31T12:00Z); 10m when absent'],
    ],
    examples: [
      'soundbite logs staging',
      'soundbite logs staging --since 2h',
      'soundbite logs --follow',
      'soundbite logs staging production --follow',
    ],
    load: () => import('./commands/logs.ts'),
  },
  {
    name: 'open',
    args: '<environment...>',
    summary: 'open the service there in a browser; without one, print its address',
    examples: ['soundbite open dev-localstack', 'soundbite open staging production'],
    load: () => import('./commands/open.ts'),
  },
  {
    name: 'bootstrap',
    args: '<environment>',
    summary: "prepare the environment's account: roles, boundary, policies, fence; up does it for emulated ones",
    examples: ['soundbite bootstrap staging'],
    load: () => import('./commands/bootstrap.ts'),
  },
  {
    name: 'destroy',
    args: '<environment>',
    summary: "remove the environment's stack and its data",
    more: 'Asks first; a protected environment needs its name typed. <name>@<home> removes the records of an environment whose machine is gone for good from a shared database: its promotions end. `doctor` names such homes.',
    options: [
      reason,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: [
      'soundbite destroy staging',
      'soundbite destroy production --confirm production',
      'soundbite destroy dev-aws@1a2b3c4d --reason "the laptop is gone"',
    ],
    load: () => import('./commands/destroy.ts'),
  },
  {
    name: 'takeover',
    args: '<environment>',
    summary: 'take an environment over from another database',
    more: 'For a database that is lost for good. The release with the traffic is recorded as live; nothing that runs is touched. Asks first.',
    options: [
      reason,
      ['--yes', 'do not ask (a protected environment still needs its name)'],
      ['--confirm <name>', "the environment's name, instead of typing it"],
    ],
    examples: ['soundbite takeover staging --reason "the laptop that had it is gone"'],
    load: () => import('./commands/takeover.ts'),
  },
  {
    name: 'aws',
    args: '<environment> [arguments...]',
    passesOptions: true,
    summary: "run the AWS CLI in the environment's account, emulated or real, and in no other",
    more: 'Without arguments it prints the variables that any AWS SDK needs to reach the account.',
    examples: [
      'soundbite aws staging cloudformation describe-stacks',
      'soundbite aws dev-aws s3 ls --recursive s3://bucket',
      'eval "$(soundbite aws dev-localstack)"',
    ],
    load: () => import('./commands/aws.ts'),
  },
  {
    name: 'database move',
    summary: "move this machine's records into the database that DATABASE_URL names",
    more: "The shared database must be empty. Accounts accept it as the same database; this machine's own database is not opened again.",
    examples: ['DATABASE_URL=postgres://user:password@db.example.com/soundbite soundbite database move'],
    load: () => import('./commands/database-move.ts'),
  },
  {
    name: 'release cut',
    summary: 'cut an immutable, content-addressed release from the working tree',
    options: [['--source <directory>', 'use another checkout']],
    examples: ['soundbite release cut', 'soundbite release cut --json'],
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
    examples: ['soundbite release verify 0123456789ab'],
    load: () => import('./commands/release-verify.ts'),
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
    name: 'env list',
    summary: 'the declared environments in order; also checks environments.yaml',
    examples: ['soundbite env list', 'soundbite env list --json'],
    load: () => import('./commands/env-list.ts'),
  },
  {
    name: 'env show',
    args: '[environment...]',
    summary: 'what is declared and recorded for environments',
    more: several,
    examples: ['soundbite env show production', 'soundbite env show'],
    load: () => import('./commands/env-show.ts'),
  },
  {
    name: 'history',
    args: '[environment...]',
    summary: 'promotions, newest first',
    options: [
      ['--limit <n>', 'how many; 20 when absent'],
      ['--ledger', 'show the whole ledger and check its chain'],
    ],
    examples: [
      'soundbite history',
      'soundbite history production --limit 5',
      'soundbite history staging production',
      'soundbite history --ledger',
    ],
    load: () => import('./commands/history.ts'),
  },
  {
    name: 'doctor',
    args: '[environment...]',
    summary: 'what is wrong with this machine, an account or a stack, and the exact next command',
    more: 'With names it checks the machine, its processes, and only these environments.',
    examples: ['soundbite doctor', 'soundbite doctor staging'],
    load: () => import('./commands/doctor.ts'),
  },
  {
    name: 'completion',
    args: '<shell>',
    summary: 'print the completion script for bash, zsh or fish',
    more: 'For ./scripts/soundbite.sh and its three short scripts, and for `soundbite` if you have an alias of that name.',
    examples: [
      'source <(./scripts/soundbite.sh completion bash)   # in ~/.bashrc, with the whole path',
      'source <(./scripts/soundbite.sh completion zsh)    # in ~/.zshrc, after compinit',
      './scripts/soundbite.sh completion fish | source    # in ~/.config/fish/config.fish',
    ],
    load: () => import('./commands/completion.ts'),
  },
];

/** Summaries of the groups of commands. */
export const groups: Readonly<Record<string, string>> = {
  release: 'cut, list, show, verify, push and remove releases',
  env: 'list and show the declared environments',
  database: 'where the records are',
};

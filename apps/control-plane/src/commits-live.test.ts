import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf } from '@soundbite/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commitsLive } from './commits-live.ts';
import type { World } from './world/world.ts';

let root: string;
const cuts = new Map<Digest, string>();
let commits: Readonly<Record<'first' | 'fix' | 'aside' | 'last', string>>;

const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...words], {
    encoding: 'utf8',
  }).trim();

function commit(message: string): string {
  git('commit', '--quiet', '--allow-empty', '--message', message);
  return git('rev-parse', 'HEAD');
}

/** The release of a commit is live in the environment of this name. */
const world = (live: Readonly<Record<string, string | null>>): World => {
  const digests = new Map(Object.entries(live).map(([name, from]) => [name, from && digestOf(name)]));
  for (const [name, from] of Object.entries(live)) if (from) cuts.set(digestOf(name), from);
  const records = {
    environment: async (name: string) => ({ liveRelease: digests.get(name) ?? null }),
    commitText: async () => ({ subject: 'x', author: 'x' }),
  };
  return {
    declaration: () => ({ environments: Object.keys(live).map((name) => ({ name })) }),
    config: { root },
    engine: { records, locks: {} },
    ownReleases: { get: async (digest: Digest) => ({ provenance: { commit: cuts.get(digest) } }) },
  } as unknown as World;
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'commits-live-'));
  git('init', '--quiet', '--initial-branch', 'main');
  const first = commit('Begin');
  const fix = commit('Mend the pause after a comma\n\nIt was LOUD.');
  git('checkout', '--quiet', '-b', 'aside', first);
  const aside = commit('Speak louder, aside');
  git('checkout', '--quiet', 'main');
  commits = { first, fix, aside, last: commit('Speak louder') };
});
afterAll(() => rmSync(root, { recursive: true }));

const everywhere = () => world({ dev: commits.last, staging: commits.fix, production: commits.first, empty: null });

it('finds an earlier commit wherever the history behind the release has it, by its first digits', async () => {
  for (const find of [commits.fix, commits.fix.slice(0, 7).toUpperCase()])
    expect(await commitsLive(everywhere(), { find })).toEqual({
      commits: [{ commit: commits.fix, subject: 'Mend the pause after a comma', environments: ['dev', 'staging'] }],
      isMore: false,
      unread: [],
    });
  expect(await commitsLive(everywhere(), { find: commits.aside })).toMatchObject({ commits: [] });
});

it('finds commits by words that all are in their messages, in any case, and takes no text for anything else', async () => {
  const found = async (find: string) =>
    (await commitsLive(everywhere(), { find })).commits.map(({ commit: one }) => one);
  expect(await found('comma loud')).toEqual([commits.fix]);
  expect(await found('LOUDER')).toEqual([commits.last]);
  expect(await found('louder comma')).toEqual([]);
  for (const text of ['c.mma', '--all', 'aside', '^main', 'main']) expect(await found(text), text).toEqual([]);
});

/** A commit whose message has its own first digits. */
function ofItself(): string {
  const head = `tree ${git('rev-parse', 'HEAD^{tree}')}\nparent ${commits.last}\nauthor x <x@example.com> 1 +0000\ncommitter x <x@example.com> 1 +0000\n\nfeed `;
  for (let turn = 0; ; turn++) {
    const bytes = `${head}${turn}\n`;
    const name = createHash('sha1').update(`commit ${bytes.length}\0${bytes}`).digest('hex');
    if (!name.startsWith('feed')) continue;
    execFileSync('git', ['-C', root, 'hash-object', '-t', 'commit', '-w', '--stdin'], { input: bytes });
    return name;
  }
}

it('tells a commit once that is meant by its digits and by its words', async () => {
  const name = ofItself();
  expect((await commitsLive(world({ dev: name }), { find: 'feed' })).commits).toMatchObject([
    { commit: name, environments: ['dev'] },
  ]);
});

it('tells that there are more than it tells, and of which environments it cannot say', async () => {
  for (let count = 0; count < 25; count++) commit(`Turn ${count}`);
  const told = await commitsLive(world({ dev: git('rev-parse', 'HEAD'), other: 'f'.repeat(40) }), { find: 'turn' });
  expect(told.commits).toHaveLength(20);
  expect(told).toMatchObject({ isMore: true, unread: ['other'] });
});

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { overview } from './overview.ts';
import type { World } from './world/world.ts';

const [old, fresh]: Digest[] = [`sha256:${'a'.repeat(64)}`, `sha256:${'b'.repeat(64)}`];
const cloud = { kind: 'emulated', account: '000000000001', region: 'eu-central-1' };

let root: string;
let commits: Record<string, string>;
let live: Record<string, Digest | null>;
let asked: Record<string, object[]>;
let recorded: Record<string, object>;
let coming: Record<string, object[]>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundbite-overview-'));
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', root, '-c', 'user.name=Ada', '-c', 'user.email=a@example.com', ...words], {
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  const commit = (subject: string) => {
    git('commit', '--quiet', '--allow-empty', '--message', subject);
    return git('rev-parse', 'HEAD');
  };
  commits = { [old ?? '']: commit('Speak'), between: commit('Speak up'), [fresh ?? '']: commit('Louder\tstill') };
  live = { test: fresh ?? null, live: old ?? null, later: null };
  [asked, recorded, coming] = [{}, {}, {}];
});
afterEach(() => rm(root, { recursive: true, force: true }));

const world = (left: string[] = []): World =>
  ({
    config: { root },
    declaration: () => ({
      environments: ['test', 'live', 'later'].map((name) => ({ name, runtime: 'aws', cloud })),
    }),
    ownReleases: {
      async get(digest: Digest) {
        if (!commits[digest]) throw new SoundBiteError('release-unknown', 'gone', { hint: 'fetch it' });
        return { provenance: { commit: commits[digest], committedAt: '2026-12-01T08:00:00Z', dirty: false } };
      },
    },
    engine: {
      locks: { holder: async (name: string) => (name === 'later' ? 'dev session 1' : null) },
      records: {
        undeclared: async () => left.map((name) => ({ name, runtime: 'aws', cloud })),
        environment: async (name: string) => ({ liveRelease: live[name] ?? null }),
        acting: async () => ({ freezes: [], holds: [], block: null, glass: [], taints: [] }),
        broughtBy: async () => null,
        evidenceSaid: async () => [],
        coming: async (name: string) => coming[name] ?? [],
        commitText: async (commit: string) => recorded[commit] ?? null,
        list: async ({ environment }: { environment: string }) => asked[environment] ?? [],
      },
    },
  }) as unknown as World;

const places = async (left?: string[]) => (await overview(world(left))).environments;

it('says from what each release was cut, and how many commits the one before is ahead', async () => {
  expect(await places(['gone'])).toMatchObject([
    { environment: 'test', declared: true, behind: null, cut: { subject: 'Louder\tstill', author: 'Ada' } },
    {
      environment: 'live',
      declared: true,
      behind: 2,
      ahead: 0,
      holder: null,
      cut: { subject: 'Speak', author: 'Ada' },
      cloud,
    },
    { environment: 'later', declared: true, behind: null, holder: 'dev session 1', cut: null },
    { environment: 'gone', declared: false, behind: null, cut: null },
  ]);
});

it('says how many commits one has that the one before has not: somebody rolled that back', async () => {
  live = { test: old ?? null, live: fresh ?? null };
  expect((await places())[1]).toMatchObject({ behind: 0, ahead: 2 });
});

it('says what was recorded of a commit where it was cut, whether this repository has it or not', async () => {
  commits[old ?? ''] = 'd'.repeat(40);
  recorded = { ['d'.repeat(40)]: { subject: 'Written elsewhere', author: 'Ben' } };
  expect((await places())[1]).toMatchObject({ behind: null, cut: { subject: 'Written elsewhere', author: 'Ben' } });
});

it('says of what waits from what it was cut, and why it was asked for', async () => {
  const waiting = {
    promotion: 'p-1',
    release: fresh,
    environment: 'live',
    state: 'waiting',
    admission: null,
    gates: [],
  };
  coming = { live: [{ ...waiting, asked: { reason: 'the fair begins' } }] };
  expect((await places())[1]?.why.waits).toMatchObject([
    { promotion: 'p-1', askedReason: 'the fair begins', cut: { subject: 'Louder\tstill', author: 'Ada' } },
  ]);
});

it('counts no commits of another history, nor of a release that is not here', async () => {
  commits[old ?? ''] = 'e'.repeat(40);
  expect((await places())[1]).toMatchObject({ behind: null, cut: { commit: 'e'.repeat(40), subject: null } });
  delete commits[old ?? ''];
  expect((await places())[1]).toMatchObject({ behind: null, cut: null });
});

it('shows what is under way, from what it was cut, and what ended last only where it did not succeed', async () => {
  const failed = { promotion: 'p-2', state: 'failed', release: `sha256:${'9'.repeat(64)}` };
  const running = { promotion: 'p-3', state: 'running', release: fresh };
  const waiting = { promotion: 'p-4', state: 'waiting' };
  const succeeded = { promotion: 'p-1', state: 'succeeded' };
  asked = { test: [waiting, running, failed, succeeded], live: [waiting, succeeded, failed] };
  const [test, inLive] = await places();
  expect(test?.running).toMatchObject({ ...running, cut: { subject: 'Louder\tstill', author: 'Ada' } });
  expect(test?.failed).toEqual({ ...failed, cut: null });
  expect([inLive?.running, inLive?.failed]).toEqual([null, null]);
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf, SoundBiteError } from '@soundbite/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diff } from './diff.ts';
import type { World } from './world/world.ts';

const [old, fresh] = [digestOf('old'), digestOf('fresh')];
let root: string;
/** The commit that both come from, one that only `old` has, one that only `fresh` has. */
let commits: Readonly<Record<'base' | 'old' | 'fresh', string>>;

const git = (...words: readonly string[]) =>
  execFileSync('git', ['-C', root, '-c', 'user.name=Ana', '-c', 'user.email=ana@example.com', ...words], {
    encoding: 'utf8',
  }).trim();
const commit = (subject: string) => {
  git('commit', '--quiet', '--allow-empty', '-m', subject);
  return git('rev-parse', 'HEAD');
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'soundbite-diff-'));
  git('init', '--quiet');
  const base = commit('Begin');
  const fixed = commit('Fix it here');
  git('checkout', '--quiet', '-b', 'other', base);
  commits = { base, old: fixed, fresh: commit('Speak louder\tat last') };
  settle(old, { staging: { size: 1, level: 'info' }, production: { size: 1, level: 'warn' } });
  settle(fresh, { staging: { size: 2, level: 'info' }, production: { size: 2, level: 'warn' } });
});
afterAll(() => rmSync(root, { recursive: true }));

const directoryOf = (release: Digest) => join(root, release.slice(7, 19));

function settle(release: Digest, settings: Readonly<Record<string, object>>): void {
  mkdirSync(join(directoryOf(release), 'settings'), { recursive: true });
  for (const [name, values] of Object.entries(settings))
    writeFileSync(join(directoryOf(release), 'settings', `${name}.json`), JSON.stringify(values));
}

const manifest = { environments: ['staging', 'production'] };
const declared = (name: string, ...gates: readonly object[]) => ({ name, cloud: { kind: 'emulated' }, gates });
const smoke = { gate: 'smoke', options: {} };
const approval = { gate: 'approval', options: { by: 2 } };

/** Staging has `fresh`, production `old`, which it also had at any time before. */
function world(over: Partial<Record<string, unknown>> = {}, commitOf: Partial<Record<Digest, string>> = {}): World {
  const live: Record<string, Digest> = { staging: fresh, production: old };
  const get = async (digest: Digest) => ({
    ...{ digest, directory: directoryOf(digest), manifest },
    provenance: { commit: commitOf[digest] ?? (digest === old ? commits.old : commits.fresh), dirty: false },
  });
  const resources = (release: Digest, name: string) => ({
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: `songs-${name}` } },
    ...(release === fresh ? { Queue: { Type: 'AWS::SQS::Queue', Properties: {} } } : {}),
  });
  return {
    config: { root },
    declaration: () => ({ environments: [declared('staging', smoke), declared('production', smoke, approval)] }),
    releases: { get },
    ownReleases: { get },
    sharedReleases: null,
    template: async (release: Digest, name: string) => ({ Resources: resources(release, name) }),
    engine: {
      records: {
        undeclared: async () => [],
        environment: async (name: string) => ({ liveRelease: live[name] ?? null }),
        liveAt: async () => ({ release: old, environment: declared('production', smoke) }),
      },
    },
    ...over,
  } as unknown as World;
}

describe('between two environments', () => {
  it('are the commits that only one has, and of settings, resources and gates what differs, with its cause', async () => {
    const found = await diff(world(), { from: 'production', to: 'staging' });
    expect(found.from).toEqual({
      environment: 'production',
      at: null,
      release: old,
      commit: commits.old,
      dirty: false,
    });
    expect(found.to).toMatchObject({ environment: 'staging', release: fresh });
    expect(found.commits).toHaveLength(2);
    expect(found.commits).toEqual(
      expect.arrayContaining([
        { commit: commits.fresh, subject: 'Speak louder\tat last', only: 'to' },
        { commit: commits.old, subject: 'Fix it here', only: 'from' },
      ]),
    );
    expect(found.settings).toEqual([
      { path: 'level', from: 'warn', to: 'info', because: ['environment'] },
      { path: 'size', from: 1, to: 2, because: ['release'] },
    ]);
    expect(found.resources).toEqual([
      { id: 'Queue', type: 'AWS::SQS::Queue', change: 'add', because: ['release'] },
      { id: 'Table', type: 'AWS::DynamoDB::Table', change: 'modify', because: ['environment'] },
    ]);
    expect(found.gates).toEqual([{ gate: 'approval', from: { by: 2 }, to: null }]);
    expect(found.unknown).toEqual([]);
  });

  it('are none between one and itself', async () => {
    const none = { commits: [], settings: [], resources: [], gates: [], unknown: [] };
    expect(await diff(world(), { from: 'staging', to: 'staging' })).toMatchObject(none);
  });
});

it('compares an environment with what it was, by what was declared then', async () => {
  const at = '2026-01-01T00:00:00.000Z';
  const found = await diff(world(), { from: 'production', fromAt: at, to: 'production' });
  expect(found.from).toMatchObject({ at, release: old });
  expect(found).toMatchObject({ commits: [], settings: [], gates: [{ gate: 'approval', from: null, to: { by: 2 } }] });
  const later = new Date(Date.now() + 3_600_000).toISOString();
  const ahead = { from: 'production', to: 'production', toAt: later };
  await expect(diff(world(), ahead)).rejects.toMatchObject({ code: 'usage' });
});

describe('what cannot be compared is said, and the rest is compared', () => {
  const query = { from: 'production', to: 'staging' } as const;

  it('where the history lacks a commit', async () => {
    const found = await diff(world({}, { [old]: 'f'.repeat(40) }), query);
    expect(found).toMatchObject({ commits: null, settings: [{ path: 'level' }, { path: 'size' }] });
    expect(found.unknown).toEqual([
      { what: 'commits', reason: expect.stringMatching(/^git cannot read f{40}\.\.\..*: /) },
    ]);
  });

  it('where a release was removed', async () => {
    const get = async () => {
      throw new SoundBiteError('release-unknown', 'there is no such release');
    };
    const found = await diff(world({ releases: { get }, ownReleases: { get } }), query);
    expect(found).toMatchObject({ commits: null, settings: null, resources: null, gates: [{ gate: 'approval' }] });
    expect(found.unknown.map(({ what, reason }) => [what, reason])).toEqual([
      ['commits', 'there is no such release'],
      ['settings', 'there is no such release'],
      ['resources', 'there is no such release'],
    ]);
  });

  it('where somebody took a file out of the store', async () => {
    const get = async (digest: Digest) => ({ ...(await world().releases.get(digest)), directory: '/nowhere' });
    const found = await diff(world({ releases: { get } }), query);
    expect(found).toMatchObject({ settings: null, resources: [{ id: 'Queue' }, { id: 'Table' }] });
    expect(found.unknown).toEqual([{ what: 'settings', reason: expect.stringContaining('ENOENT') }]);
  });

  it('where nothing was live, or it is not on record how it was declared', async () => {
    const records = { ...world().engine.records, liveAt: async () => null };
    const at = '2026-01-01T00:00:00.000Z';
    const found = await diff(world({ engine: { records } }), { ...query, fromAt: at });
    expect(found.from).toMatchObject({ release: null, commit: null });
    expect(found.unknown).toContainEqual({ what: 'settings', reason: `nothing was live in production at ${at}` });
    expect(found.unknown.at(-1)).toMatchObject({ what: 'gates' });
  });
});

it('an error that is no matter of reading is an error', async () => {
  const template = async () => {
    throw new TypeError('a bug');
  };
  await expect(diff(world({ template }), { from: 'production', to: 'staging' })).rejects.toThrow('a bug');
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment, ProcessSpec, Supervisor } from '@soundbite/model';
import { expect, it, onTestFinished } from 'vitest';
import { clouds } from './clouds.ts';

const emulated = { kind: 'emulated', account: '000000000001', region: 'us-east-1' } as const;
const real = {
  kind: 'real',
  account: '123456789012',
  region: 'eu-central-1',
  role: 'arn:aws:iam::123456789012:role/controller',
} as const;
const staging = (cloud: Environment['cloud']) => ({ name: 'staging', cloud }) as Environment;

it('gives an environment the cloud that it is on now, and the same one while it stays there', async () => {
  const all = clouds({} as Supervisor, { home: '/nowhere', root: '/nowhere', node: '/nowhere', python: '/nowhere' });
  const first = await all.of(staging(emulated));
  expect(first.kind).toBe('emulated');
  expect(await all.of(staging({ ...emulated }))).toBe(first);
  const moved = await all.of(staging(real));
  expect(moved.kind).toBe('real');
  expect(await all.of(staging({ ...real, account: '999999999999' }))).not.toBe(moved);
  expect((await all.of(staging(emulated))).kind).toBe('emulated');
});

it.each([
  [undefined, undefined],
  ['127.0.0.2', 'http://127.0.0.2:8111'],
])(
  'says where people reach an emulated account, if they do not reach it where it is: published at %s',
  async (shownAddress, shownEndpoint) => {
    const home = await mkdtemp(join(tmpdir(), 'soundbite-clouds-'));
    onTestFinished(() => rm(home, { recursive: true }));
    const supervisor = { ensure: async () => ({ port: 8111 }) } as unknown as Supervisor;
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    const all = clouds(supervisor, { home, root, node: process.execPath, python: 'python3', shownAddress });
    const access = await (await all.of(staging(emulated))).access('administrator');
    expect(access).toMatchObject({ endpoint: 'http://127.0.0.1:8111' });
    expect(access.shownEndpoint).toBe(shownEndpoint);
  },
);

it('an emulated account is large enough for all environments that have functions there', async () => {
  const home = await mkdtemp(join(tmpdir(), 'soundbite-clouds-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const started: ProcessSpec[] = [];
  const supervisor = {
    async ensure(spec: ProcessSpec) {
      started.push(spec);
      return { port: 8111 };
    },
  } as unknown as Supervisor;
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  for (const sharedBy of [0, 1, 10]) {
    const all = clouds(supervisor, { home, root, node: process.execPath, python: 'python3' }, () => sharedBy);
    await (await all.of(staging(emulated))).access('administrator');
  }
  const accounts = started.filter(({ name }) => name === 'account-000000000001');
  expect(accounts.map(({ env }) => env?.LAMBDA_ACCOUNT_CONCURRENCY)).toEqual(['8', '8', '80']);
});

import type { Environment, Supervisor } from '@soundbite/model';
import { expect, it } from 'vitest';
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
  const all = clouds({} as Supervisor, { home: '/nowhere', root: '/nowhere', node: '/nowhere' });
  const first = await all.of(staging(emulated));
  expect(first.kind).toBe('emulated');
  expect(await all.of(staging({ ...emulated }))).toBe(first);
  const moved = await all.of(staging(real));
  expect(moved.kind).toBe('real');
  expect(await all.of(staging({ ...real, account: '999999999999' }))).not.toBe(moved);
  expect((await all.of(staging(emulated))).kind).toBe('emulated');
});

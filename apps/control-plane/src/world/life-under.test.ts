import type { Environment, RunningProcess } from '@soundbite/model';
import { expect, it } from 'vitest';
import { lifeUnder } from './life-under.ts';

const emulated = (account: string) => ({ cloud: { kind: 'emulated', account } }) as Environment;
const real = { cloud: { kind: 'real', account: '123456789012' } } as Environment;

/** The machinery of two accounts; `pids` and `states` by name. */
const machinery = (pids: Record<string, number> = {}, states: Record<string, string> = {}) =>
  ['edge', 'polly', 'account-1', 'account-2', 'version-of-a-release'].map(
    (name) => ({ name, pid: pids[name] ?? 7, state: states[name] ?? 'healthy' }) as RunningProcess,
  );

it('the life under an environment changes when its own account, the edge or the double of Polly is started anew', () => {
  const before = lifeUnder(emulated('1'), machinery());
  for (const name of ['edge', 'polly', 'account-1'])
    expect(lifeUnder(emulated('1'), machinery({ [name]: 8 }))).not.toBe(before);
});

it('another account that is started anew, or does not stay up, does not change it; nor do processes of a release', () => {
  const before = lifeUnder(emulated('1'), machinery());
  for (const name of ['account-2', 'version-of-a-release']) {
    expect(lifeUnder(emulated('1'), machinery({ [name]: 8 }))).toBe(before);
    expect(lifeUnder(emulated('1'), machinery({}, { [name]: 'failed' }))).toBe(before);
  }
});

it('a real account stands on the edge alone', () => {
  expect(lifeUnder(real, machinery({ polly: 8, 'account-1': 8 }))).toBe(lifeUnder(real, machinery()));
  expect(lifeUnder(real, machinery({ edge: 8 }))).not.toBe(lifeUnder(real, machinery()));
});

it('while a part is away, no two lives are equal', async () => {
  const away = () => lifeUnder(emulated('1'), machinery({}, { 'account-1': 'starting' }));
  const first = away();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(away()).not.toBe(first);
});

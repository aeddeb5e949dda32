import { describe, expect, it } from 'vitest';
import { gateDifferences, settingDifferences, settingName, withCauses } from './environment-diff.ts';

it('of settings are leaves, by their paths; a list is one leaf', () => {
  const from = { log: { level: 'info', colour: true }, hosts: ['a'], same: 1 };
  const to = { log: { level: 'warn' }, hosts: ['a', 'b'], same: 1 };
  expect(settingDifferences(from, to)).toEqual([
    { path: 'hosts', from: ['a'], to: ['a', 'b'] },
    { path: 'log.colour', from: true, to: null },
    { path: 'log.level', from: 'info', to: 'warn' },
  ]);
  expect(settingDifferences(from, from)).toEqual([]);
});

describe('the cause of a difference', () => {
  const caused = (from: object, to: object, toThere?: object) =>
    withCauses<object, ReturnType<typeof settingDifferences>[number]>(
      { from, to, toThere },
      settingDifferences,
      settingName,
    ).map(({ path, because }) => [path, because]);

  it('is the release, the environment, or both', () => {
    const from = { size: 1, level: 'info', both: 1 };
    const toThere = { size: 2, level: 'info', both: 2 };
    const to = { size: 2, level: 'warn', both: 3 };
    expect(caused(from, to, toThere)).toEqual([
      ['both', ['release', 'environment']],
      ['level', ['environment']],
      ['size', ['release']],
    ]);
  });

  it('is not known where the other release has nothing for that environment', () => {
    expect(caused({ size: 1 }, { size: 2 })).toEqual([['size', []]]);
  });
});

it('of gates are those that only one has, and those with other options, as they count where they are', () => {
  const at = (kind: 'emulated' | 'real', ...gates: readonly { gate: string; options: object; emulated?: object }[]) =>
    ({ cloud: { kind }, gates }) as never;
  const soak = { gate: 'soak', options: { seconds: 60 }, emulated: { seconds: 1 } };
  const evidence = (kind: string) => ({ gate: 'evidence', options: { kind } });
  const smoke = { gate: 'smoke', options: {} };
  const from = at('emulated', smoke, soak, evidence('tests'));
  const to = at('real', evidence('security'), smoke, soak);
  expect(gateDifferences(from, to)).toEqual([
    { gate: 'soak', from: { seconds: 1 }, to: { seconds: 60 } },
    { gate: 'evidence tests', from: { kind: 'tests' }, to: null },
    { gate: 'evidence security', from: null, to: { kind: 'security' } },
  ]);
  expect(gateDifferences(from, from)).toEqual([]);
});

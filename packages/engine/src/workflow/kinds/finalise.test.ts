import type { Digest } from '@soundbite/model';
import { describe, expect, it, vi } from 'vitest';
import type { StepRun } from '../run.ts';
import { finaliseStep } from './finalise.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => `sha256:${letter.repeat(64)}` as Digest) as [Digest, Digest, Digest];

/** What stays ready after the last step of a plan, in an environment where `a` was live first, then `b`. */
async function kept(
  keepsVersions: boolean,
  kind: 'promote' | 'rollback',
  release: Digest,
  previous: Digest,
  migrated = false,
) {
  const retire = vi.fn(async () => []);
  const here = { keepsVersions, retire, observe: async () => ({ versions: [{ release: a }], restarts: 0, drift: [] }) };
  const run = {
    plan: { environment: { name: 'staging' }, kind, release, previous, steps: migrated ? [{ kind: 'migration' }] : [] },
    fence: { owner: 'db', generation: 7 },
    ports: {
      clouds: { of: async () => ({ checkpoint: async () => {} }) },
      runtime: () => here,
      infrastructure: { state: async () => ({ outputs: {}, release: b }) },
    },
    records: {
      history: async () => [
        { kind: 'promote', release: b, previous: a },
        { kind: 'promote', release: a, previous: null },
      ],
      live: async () => {},
      hasMigrated: async () => migrated,
      lost: async () => {},
    },
  } as unknown as StepRun;
  await finaliseStep.run(run, {});
  return (retire.mock.calls as unknown as [unknown, readonly Digest[]][])[0]?.[1];
}

describe('the last step of a promotion', () => {
  it('leaves the version that a rollback has just left where it costs nothing, as on Lambda, so that it is as quick to come back', async () => {
    expect(await kept(true, 'rollback', a, b)).toEqual([a, b]);
  });

  it('leaves no processes of it, which would cost memory', async () => {
    expect(await kept(false, 'rollback', a, b)).toEqual([a]);
  });

  it('keeps where the next rollback goes', async () => {
    expect(await kept(true, 'promote', b, a)).toEqual([b, a]);
  });

  it('keeps after a migration what it would be undone to, and nothing that was live before', async () => {
    expect(await kept(true, 'promote', c, b, true)).toEqual([c, b]);
    expect(await kept(false, 'promote', c, b, true)).toEqual([c]);
  });
});

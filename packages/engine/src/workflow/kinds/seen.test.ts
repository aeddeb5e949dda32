import type { Digest, VersionShare } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { StepRun } from '../run.ts';
import { publishStep } from './publish.ts';
import { shiftStep } from './shift.ts';

const [a, b] = ['a', 'b'].map((letter) => `sha256:${letter.repeat(64)}` as Digest) as [Digest, Digest];

/** A step of a promotion of `a`, after which the target tells of these versions. */
const seeing = (versions: readonly (VersionShare & { readonly healthy: boolean })[]): StepRun =>
  ({
    plan: { environment: { name: 'staging' }, kind: 'promote', release: a, previous: b },
    fence: { owner: 'db', generation: 7 },
    ports: {
      clouds: { of: async () => ({ checkpoint: async () => {} }) },
      runtime: () => ({
        install: async () => [],
        setWeights: async () => {},
        observe: async () => ({
          versions: versions.map((one) => ({ detail: 'cold', ...one })),
          restarts: 0,
          drift: [],
        }),
      }),
      infrastructure: {
        state: async () => ({ outputs: {}, release: a }),
        presence: async () => ({ missing: [], changed: [], leftovers: [] }),
      },
      releases: { get: async () => ({ digest: a }) },
    },
  }) as unknown as StepRun;

it('a shift that the target does not confirm is none', async () => {
  const half = [
    { release: a, share: 0.5, healthy: true },
    { release: b, share: 0.5, healthy: true },
  ];
  await expect(shiftStep.run(seeing(half), { to: a, direction: 'forward' })).rejects.toMatchObject({
    code: 'not-settled',
    message: 'the traffic goes to aaaaaaaaaaaa 0.5, bbbbbbbbbbbb 0.5 instead of aaaaaaaaaaaa',
  });
});

it.each([
  [[], 'no trace of it'],
  [[{ release: a, share: 0, healthy: false }], 'cold'],
])('a version that is not there after it was made is missing: %j', async (versions, why) => {
  await expect(publishStep.run(seeing(versions), {})).rejects.toMatchObject({
    code: 'version-missing',
    message: `aaaaaaaaaaaa is missing after it was installed: ${why}`,
  });
});

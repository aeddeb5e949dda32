import { shortDigest } from '@soundbite/model';
import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { triedBy } from './program.ts';

/** Before any traffic: the new version and the one that is live read what the other one wrote. Both may serve in turn, so both have to. */
export const compatibilityStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: (_, { previous }) =>
    `try the new version together with ${previous ? shortDigest(previous) : 'what is live'}, before it has any traffic`,
  run: (run) => judged(run, () => compare(run)),
};

async function compare(run: StepRun): Promise<Outcome> {
  const { release, previous } = run.plan;
  if (previous === null) return { state: 'skipped', detail: 'nothing is live here that it would have to bear with' };
  if (previous === release) return { state: 'skipped', detail: 'it is live here itself' };
  // Without it nobody can say which version is the live one: no fault of the new one.
  await run.ports.releases.get(previous);
  const { target, runtime } = await deployedOfRun(run);
  return triedBy(run, { kind: 'compatibility', runtime, target, release, live: previous });
}

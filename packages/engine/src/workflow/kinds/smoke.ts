import { hasGate } from '@soundbite/model';
import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { triedBy } from './program.ts';

/** The gate before any traffic. The program that decides it is the release's own: a plan does not name it. */
export const smokeStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'try the new version before it has any traffic',
  run: (run) => judged(run, () => rehearse(run)),
};

async function rehearse(run: StepRun): Promise<Outcome> {
  if (!hasGate(run.plan.environment, 'smoke'))
    return { state: 'skipped', detail: 'not among the gates of this environment' };
  const { target, runtime } = await deployedOfRun(run);
  return triedBy(run, { kind: 'smoke', runtime, target, release: run.plan.release });
}

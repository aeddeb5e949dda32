import { smokeGate } from '@soundbite/model';
import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';

/** The gate before any traffic. */
export const smokeStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'try the new version before it has any traffic',
  run: (run) => judged(run, () => rehearse(run)),
};

async function rehearse(run: StepRun): Promise<Outcome> {
  const { environment, target, runtime } = await deployedOfRun(run);
  if (!environment.gates.includes('smoke'))
    return { state: 'skipped', detail: 'not among the gates of this environment' };
  const evidence = await run.ports.smoke.collect(runtime, target, run.plan.release);
  const { verdict, reasons } = smokeGate(evidence);
  if (verdict !== 'pass') return { state: 'failed', detail: reasons.join('; '), evidence };
  return { state: 'succeeded', detail: `${evidence.facts.length} facts hold`, evidence };
}

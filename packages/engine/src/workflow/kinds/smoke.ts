import { smokeGate } from '@soundbite/model';
import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { stoppable } from '../stoppable.ts';

/** The gate before any traffic. The program that decides it is the release's own: a plan does not name it. */
export const smokeStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'try the new version before it has any traffic',
  run: (run) => judged(run, () => rehearse(run)),
};

async function rehearse(run: StepRun): Promise<Outcome> {
  const { environment, target, runtime } = await deployedOfRun(run);
  if (!environment.gates.includes('smoke'))
    return { state: 'skipped', detail: 'not among the gates of this environment' };
  const { smoke } = run.ports;
  const ended = await stoppable(run, (signal) => smoke.collect(runtime, target, run.plan.release, signal));
  if ('stopped' in ended) return { state: 'skipped', detail: `stopped: ${ended.stopped}` };
  const evidence = ended.result;
  const { verdict, reasons } = smokeGate(evidence);
  if (verdict !== 'pass') return { state: 'failed', detail: reasons.join('; '), evidence };
  return { state: 'succeeded', detail: `${evidence.facts.length} facts hold`, evidence };
}

import { gates, hasGate, overriddenStep, type ProgramGateOptions, usualTimeout } from '@soundbite/model';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { triedBy } from './program.ts';

/** The gate before any traffic. The program that decides it is the release's own: a plan does not name it. */
export const smokeStep: StepKind<ProgramGateOptions> = {
  with: gates.smoke.options.extend(overriddenStep),
  describe: () => 'try the new version before it has any traffic',
  run: (run, options) => judged(run, () => rehearse(run, options)),
};

async function rehearse(run: StepRun, { timeout = usualTimeout }: ProgramGateOptions): Promise<Outcome> {
  if (!hasGate(run.plan.environment, 'smoke'))
    return { state: 'skipped', detail: 'not among the gates of this environment' };
  const { target, runtime } = await deployedOfRun(run);
  return triedBy(run, { kind: 'smoke', runtime, target, release: run.plan.release }, timeout);
}

import { gates, overriddenStep, type ProgramGateOptions, usualTimeout } from '@soundbite/model';
import { judged } from '../damage.ts';
import { deployedOfRun, type StepKind } from '../run.ts';
import { triedBy } from './program.ts';

/** The release's own tests of its version by pin. A plan has this step only where the environment asks for them. */
export const testsStep: StepKind<ProgramGateOptions> = {
  with: gates.tests.options.extend(overriddenStep),
  describe: () => 'run the tests that the release brings against the new version, before it has any traffic',
  run: (run, { timeout = usualTimeout }) =>
    judged(run, async () => {
      const { target, runtime } = await deployedOfRun(run);
      return triedBy(run, { kind: 'tests', runtime, target, release: run.plan.release }, timeout);
    }),
};

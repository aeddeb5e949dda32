import { SoundBiteError } from '@soundbite/model';
import { z } from 'zod';
import { placeOfRun, type StepKind } from '../run.ts';
import { namedRemovals } from './plan.ts';

const With = z.strictObject({
  /** Resources that CloudFormation's rollback may skip if it fails on them. */
  skip: z.array(z.string()),
});

/** Deploys the cut assembly, if its change set takes nothing away that nobody named. Old versions keep serving: it does not change a version's code or settings. */
export const infrastructureStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: () => 'deploy the stack from the release',
  async run(run, { skip }) {
    const { environment, cloud } = await placeOfRun(run);
    const { release } = run.plan;
    const scratch = await run.ports.releases.scratch(release, environment.name);
    const todo = [environment, cloud, scratch.directory, release, run.fence] as const;
    let recovered: readonly string[];
    try {
      recovered = await run.ports.infrastructure.recover(...todo, skip);
      await run.ports.infrastructure.deploy(...todo, namedRemovals(run.plan));
    } finally {
      await scratch.remove();
    }
    await cloud.checkpoint();
    const state = await run.ports.infrastructure.state(environment, cloud);
    if (state?.release !== release) {
      const seen = state?.release ?? 'nothing';
      throw new SoundBiteError('not-settled', `the stack of ${environment.name} says ${seen} after the deploy`);
    }
    await run.records.infrastructure(environment.name, release, run.fence.generation);
    const status = state.status.toLowerCase().replaceAll('_', ' ');
    return { state: 'succeeded', detail: [...recovered, status].join('; '), evidence: { recovered } };
  },
};

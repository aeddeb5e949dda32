import { z } from 'zod';
import { placeOfRun, type StepKind, type StepRun } from '../run.ts';
import { namedRemovals } from './plan.ts';

/**
 * Takes over stacks that plain `cdk deploy` made: beside what they have they get aliases on the versions that are live, and whoever calls a component may call its alias. Nothing
 * calls an alias yet: that comes with the next step. Proven first: the next step replaces nothing that was not named.
 */
export const adoptStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'put aliases beside what is live, after proving that nothing will be replaced',
  async run(run) {
    const { environment, cloud, runtime } = await placeOfRun(run);
    const { release } = run.plan;
    const changed = await changedByHand(run);
    if (changed.length > 0)
      return {
        state: 'failed',
        detail: `what stands is not what its stacks say: ${changed.join('; ')}; deploy them once more, or restore it, then adopt`,
        evidence: { changed },
      };
    const scratch = await run.ports.releases.scratch(release, environment.name);
    try {
      const todo = [environment, cloud, scratch.directory, release, run.fence] as const;
      const adopted = await run.ports.infrastructure.adopt(...todo, namedRemovals(run.plan));
      const state = await run.ports.infrastructure.state(environment, cloud);
      if (state)
        await runtime.admit?.({ environment, cloud, outputs: state.outputs, deployed: state.release }, run.fence);
      await cloud.checkpoint();
      return { state: 'succeeded', detail: adopted.join('; ') || 'adopted already', evidence: { adopted } };
    } finally {
      await scratch.remove();
    }
  },
};

/** A release is sealed from the stacks: what somebody changed past them would be lost. Once a stack is adopted its promotions see to that. */
async function changedByHand(run: StepRun): Promise<readonly string[]> {
  const { environment, cloud } = await placeOfRun(run);
  const { infrastructure } = run.ports;
  if ((await infrastructure.state(environment, cloud))?.release === run.plan.release) return [];
  const { missing, changed } = await infrastructure.presence(environment, cloud, { settings: true });
  return [
    ...missing.map(({ id }) => `${id} is gone`),
    ...changed.map(({ id, differences }) => `${id}: ${differences.join(', ')}`),
  ];
}

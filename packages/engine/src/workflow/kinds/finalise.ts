import { type Digest, type Runtime, shortDigest, type Target, wayBack } from '@soundbite/model';
import { z } from 'zod';
import type { StepKind } from '../kind.ts';
import { deployedOfRun, type StepRun } from '../run.ts';
import { removed, withNote } from './notes.ts';

/** Records what is live. It and the releases of the next rollbacks stay ready; what others hold is given back. */
export const finalise: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'record what is live, and remove versions that no rollback needs',
  async run(run) {
    const { target, runtime, cloud } = await deployedOfRun(run);
    const { environment, kind, release, previous } = run.plan;
    const way = wayBack([{ kind, release, previous }, ...(await run.records.history(environment.name))]);
    const strange = await runtime.retire(target, [...way, ...leftReady(runtime, run)], run.fence);
    await cloud.checkpoint();
    await run.records.live(environment.name, release, run.fence.generation);
    const next = way[1];
    if (next && (await isLost(runtime, target, next))) await run.records.lost(environment.name);
    return { state: 'succeeded', detail: withNote(`${shortDigest(release)} is live`, removed, strange) };
  },
};

/**
 * What a rollback has just left: whoever rolled back by mistake is back in a second. Until the next promotion or rollback, and only where a version
 * that rests costs nothing: processes take memory, and one that crashes goes on crashing.
 */
const leftReady = ({ keepsVersions }: Runtime, { plan }: StepRun): readonly Digest[] =>
  keepsVersions && plan.kind === 'rollback' && plan.previous ? [plan.previous] : [];

/** A function that was made anew lost its versions, so no rollback goes there unless it is named. Others start from the store at any time. */
async function isLost(runtime: Runtime, target: Target, release: Digest): Promise<boolean> {
  if (!runtime.keepsVersions) return false;
  return !(await runtime.observe(target, 'versions')).versions.some((version) => version.release === release);
}

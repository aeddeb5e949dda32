import { type Digest, type Runtime, shortDigest, type Target, wayBack } from '@soundbite/model';
import { z } from 'zod';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { removed, withNote } from './notes.ts';

/** Records the live release. It and the targets of the next rollbacks stay ready; the resources of all others are released. */
export const finaliseStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'record what is live, and remove versions that no rollback needs',
  async run(run) {
    const { target, runtime, cloud } = await deployedOfRun(run);
    const { environment, kind, release, previous } = run.plan;
    const migrated = await hasMigrated(run);
    const way = wayBack([{ kind, release, previous, migrated }, ...(await run.records.history(environment.name))]);
    const strange = await runtime.retire(target, [...way, ...leftReady(runtime, run, migrated)], run.fence);
    await cloud.checkpoint();
    await run.records.live(environment.name, release, run.fence.generation);
    const next = way[1];
    if (next && (await isLost(runtime, target, next))) await run.records.lost(environment.name);
    return { state: 'succeeded', detail: withNote(`${shortDigest(release)} is live`, removed, strange) };
  },
};

const hasMigrated = async ({ id, plan, records }: StepRun): Promise<boolean> =>
  plan.steps.some(({ kind }) => kind === 'migration') && records.hasMigrated(id);

/**
 * The release that a rollback has just left, so that a mistaken rollback is undone in a second. Until the next promotion or rollback, and only if a version
 * costs nothing while idle: processes take memory, and a crashing one would keep crashing. Likewise what was live before a migration: until this promotion has ended it may still be undone.
 */
const leftReady = ({ keepsVersions }: Runtime, { plan }: StepRun, migrated: boolean): readonly Digest[] =>
  keepsVersions && plan.previous && (plan.kind === 'rollback' || migrated) ? [plan.previous] : [];

/** A recreated function has lost its versions, so a rollback goes there only if named. Other runtimes start versions from the store at any time. */
async function isLost(runtime: Runtime, target: Target, release: Digest): Promise<boolean> {
  if (!runtime.keepsVersions) return false;
  return !(await runtime.observe(target, 'versions')).versions.some((version) => version.release === release);
}

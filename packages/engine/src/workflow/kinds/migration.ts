import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { triedBy } from './program.ts';

/**
 * Changes the data by the release's program, once for a release and environment: its outcome is recorded once, the program may be started again until then.
 * Where it ends as `succeeded`, its promotion raises the rollback floor when that succeeds.
 */
export const migrationStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'run the migration of the release, once here; after it no rollback goes to a release from before',
  run: (run) => judged(run, () => migrate(run)),
};

async function migrate(run: StepRun): Promise<Outcome> {
  const { environment, release, previous } = run.plan;
  if (previous === release) return { state: 'skipped', detail: 'it is live here: it has run before' };
  const ran = await run.records.ranMigration(environment.name, release);
  if (ran?.wasLive) return { state: 'skipped', detail: `promotion ${ran.promotion} ran it here, and was live with it` };
  // That promotion did not succeed; this one goes on from what it did.
  if (ran) return { state: 'succeeded', detail: `promotion ${ran.promotion} ran it here; it is not run again` };
  const { target, runtime } = await deployedOfRun(run);
  const begun = () => run.records.migrationBegun(run.id, run.step);
  return triedBy(run, { kind: 'migration', runtime, target, release, live: previous, begun });
}

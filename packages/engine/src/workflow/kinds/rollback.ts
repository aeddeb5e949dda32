import { Digest, shortDigest, wayBack } from '@soundbite/model';
import { z } from 'zod';
import { isTransient } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { putBackNote, removed, withNote } from './notes.ts';
import { shiftTo } from './shift.ts';

const With = z.strictObject({ to: Digest.nullable() });

/** Returns to the previous live release, and removes the failed version. */
export const rollbackStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: ({ to }) => (to ? `give all traffic back to ${shortDigest(to)}` : 'take all traffic away'),
  async run(run, { to }) {
    const changed = await madeReady(run, to);
    const outcome = await shiftTo(run, to, 'back');
    const { target, runtime } = await deployedOfRun(run);
    const { name } = run.plan.environment;
    const keep = [...(to ? [to] : []), ...wayBack(await run.records.history(name))];
    const strange = await runtime.retire(target, [...new Set(keep)], run.fence);
    await run.records.live(name, to, run.fence.generation);
    return { ...outcome, detail: withNote(withNote(outcome.detail, putBackNote, changed), removed, strange) };
  },
};

/**
 * First restores the target if it differs from its release (files on this machine) or is missing. If that fails, an existing version
 * takes the traffic anyway: it is better there than on the failed one.
 */
async function madeReady(run: StepRun, to: Digest | null): Promise<readonly string[]> {
  if (!to) return [];
  const { target, runtime } = await deployedOfRun(run);
  const kept = (await runtime.observe(target, 'serving')).versions.find(({ release }) => release === to);
  if (kept?.healthy) return [];
  try {
    return await runtime.install(target, await run.ports.releases.get(to), run.fence, 'store');
  } catch (error) {
    if (!kept || isTransient(error)) throw error;
    const message = `${shortDigest(to)} is not restored`;
    run.ports.emit({ code: 'rollback-target-not-ready', message, promotion: run.id, error });
    return [];
  }
}

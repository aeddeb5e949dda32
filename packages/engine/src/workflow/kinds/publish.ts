import { SoundBiteError, shortDigest } from '@soundbite/model';
import { z } from 'zod';
import { judged } from '../damage.ts';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';
import { putBackNote, withNote } from './notes.ts';

/** The new version, without traffic. */
export const publishStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'make the new version ready, without traffic',
  run: (run) => judged(run, () => install(run)),
};

/** A version that stayed ready is used as it is: a rollback then changes weights only. One that was removed is restored from the release. */
export const publishKeptStep: StepKind<Record<string, never>> = {
  with: z.strictObject({}),
  describe: () => 'take the version that was kept ready, or make it ready again',
  async run(run) {
    const { target, runtime } = await deployedOfRun(run);
    const kept = (await runtime.observe(target, 'versions')).versions.find(
      ({ release }) => release === run.plan.release,
    );
    if (kept?.healthy) return { state: 'succeeded', detail: `kept ready: ${kept.detail}` };
    return judged(run, () => install(run, 'store'));
  },
};

async function install(run: StepRun, from?: 'store'): Promise<Outcome> {
  const { target, runtime, cloud } = await deployedOfRun(run);
  const { release } = run.plan;
  const installed = await runtime.install(target, await run.ports.releases.get(release), run.fence, from);
  await cloud.checkpoint();
  const seen = (await runtime.observe(target, 'versions')).versions.find((version) => version.release === release);
  // If the live release is promoted again, the shift repairs drift in the route to it (the queue's mapping, the route).
  const isThere = seen !== undefined && (seen.healthy || seen.share > 0);
  if (!isThere)
    throw new SoundBiteError(
      'version-missing',
      `${shortDigest(release)} is missing after it was installed: ${seen?.detail ?? 'no trace of it'}`,
    );
  return { state: 'succeeded', detail: withNote(seen.detail, putBackNote, installed) };
}

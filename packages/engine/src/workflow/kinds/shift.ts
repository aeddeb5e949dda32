import { Digest, SoundBiteError, shortDigest } from '@soundbite/model';
import { z } from 'zod';
import type { Outcome } from '../outcome.ts';
import { deployedOfRun, type StepKind, type StepRun } from '../run.ts';

const With = z.strictObject({ to: Digest, direction: z.enum(['forward', 'back']) });

/** All traffic to one release. */
export const shiftStep: StepKind<z.infer<typeof With>> = {
  with: With,
  describe: ({ to }) => `give all traffic to ${shortDigest(to)}`,
  run: (run, { to, direction }) => shiftTo(run, to, direction),
};

/** All traffic to one release; null: to none. Verified by reading the target afterwards. */
export async function shiftTo(run: StepRun, to: Digest | null, direction: 'forward' | 'back'): Promise<Outcome> {
  const { target, runtime, cloud } = await deployedOfRun(run);
  await runtime.setWeights(target, to ? [{ release: to, share: 1 }] : [], direction, run.fence);
  await cloud.checkpoint();
  const shares = (await runtime.observe(target, 'versions')).versions.filter(({ share }) => share > 0);
  const settled = to ? shares.length === 1 && shares[0]?.release === to : shares.length === 0;
  if (!settled) {
    const seen = shares.map(({ release, share }) => `${shortDigest(release)} ${share}`).join(', ') || 'nobody';
    const wanted = to ? shortDigest(to) : 'nobody';
    throw new SoundBiteError('not-settled', `the traffic goes to ${seen} instead of ${wanted}`);
  }
  const detail = to ? `all traffic on ${shortDigest(to)}` : 'no traffic: the environment is empty again';
  return { state: 'succeeded', detail };
}

import type { Fence, Runtime, Target } from '@soundbite/model';
import { unlessGone } from '../infrastructure/gone.ts';
import { isRefusedSwitch } from './mapping.ts';

/**
 * Takes all traffic and all versions away, before the stack goes. What somebody deleted needs nothing. A mapping that AWS refuses to switch, because somebody set its queue's
 * timeout too low or took from the role, stays on until CloudFormation deletes it with the stack: that asks for neither.
 */
export async function withoutTraffic(
  runtime: Pick<Runtime, 'setWeights' | 'retire'>,
  target: Target,
  fence: Fence,
): Promise<void> {
  await unlessGone(runtime.setWeights(target, [], 'back', fence)).catch((error: unknown) => {
    if (!isRefusedSwitch(error)) throw error;
  });
  await unlessGone(runtime.retire(target, [], fence));
}

import { decideFlow, enteringBy, type GateRecord } from '@soundbite/model';
import type { Asked } from '../store/promotion-rows.ts';
import type { Records } from '../store/records.ts';

/** What acts on everything that wants to enter an environment says no to this promotion now; nothing where nothing acts. */
export async function askFlow(
  records: Records,
  { request, release, isFollower }: Asked,
  isLiveHere: boolean,
): Promise<readonly GateRecord[]> {
  const entering = enteringBy(request, isFollower, isLiveHere);
  return decideFlow(await records.acting(request.environment, release), entering, Date.now());
}

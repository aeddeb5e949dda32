import { decideFlow, type Environment, enteringBy, type GateRecord } from '@soundbite/model';
import type { Asked } from '../store/promotion-rows.ts';
import type { Records } from '../store/records.ts';

interface ThereNow {
  /** What it brings is live in its environment. */
  readonly isLiveHere: boolean;
  /** The environment from which it comes. */
  readonly before: Environment | undefined;
}

/** What acts on everything that wants to enter an environment says no to this promotion now; nothing where nothing acts. */
export async function askFlow(
  records: Records,
  asked: Asked,
  { isLiveHere, before }: ThereNow,
): Promise<readonly GateRecord[]> {
  const acting = await records.acting(asked.request.environment, asked.release, before?.name);
  return decideFlow(acting, enteringBy(asked, isLiveHere), Date.now());
}

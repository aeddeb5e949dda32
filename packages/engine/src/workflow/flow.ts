import { decideFlow, type GateRecord } from '@soundbite/model';
import type { Records } from '../store/records.ts';

/** What acts on everything that wants to enter an environment says no to it now; nothing where nothing acts. */
export async function askFlow(records: Records, environment: string, now = Date.now()): Promise<readonly GateRecord[]> {
  return decideFlow({ freezes: await records.freezes(environment) }, now);
}

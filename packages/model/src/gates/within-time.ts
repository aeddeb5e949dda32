import { durationMs } from './duration.ts';
import type { GateRecord } from './record.ts';

/**
 * What a gate of entry says of a promotion that may wait for it so long (`waitAtMost`): it says when that time is over, and fails then. Its `until` stays
 * what it is: a person may have to act before. `askedAt` and `now` in ms since 1970; null: nobody asked for one yet.
 */
export function withinTime(
  said: GateRecord,
  atMost: string | undefined,
  askedAt: number | null,
  now: number,
): GateRecord {
  const isOpen = said.verdict === 'wait' || said.verdict === 'errored';
  if (!isOpen || atMost === undefined || askedAt === null) return said;
  const end = askedAt + durationMs(atMost);
  const told = (reason: string) => [...said.reasons, reason];
  if (now < end) return { ...said, reasons: told(`it fails at ${new Date(end).toISOString()}`) };
  const { who: _, ...rest } = said;
  return { ...rest, verdict: 'fail', reasons: told(`it has waited for ${atMost}`), until: null };
}

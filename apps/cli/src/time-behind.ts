import { Duration, durationMs } from '@soundbite/model/gates/duration.ts';
import { usageError } from './exits.ts';
import { zonedTime } from './time-ahead.ts';

/** `90s`, `2h`, `3d` before `now` (ms since 1970), or a time of the day that says where, as ISO 8601 in UTC. `whole`: the word that it is of. */
export function timeBehind(whole: string, typed: string, now: number): string {
  if (Duration.safeParse(typed).success) return new Date(now - durationMs(typed)).toISOString();
  const at = zonedTime(typed);
  const hint = 'write 90m, 2h or 3d (ago), 2026-11-01T08:00Z or 2026-11-01T09:00+01:00 after the @';
  if (Number.isNaN(at)) throw usageError(`${whole} names no time`, hint);
  if (at > now) throw usageError(`${whole} has not come yet`, hint);
  return new Date(at).toISOString();
}

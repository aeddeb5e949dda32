import { Duration, durationMs } from '@soundbite/model/gates/duration.ts';
import { usageError } from './exits.ts';

/** `90s`, `2h`, `3d` from `now` (ms since 1970), or a time of the day that says where, as ISO 8601 in UTC. */
export function timeAhead(option: string, typed: string, now: number): string {
  if (Duration.safeParse(typed).success) return new Date(now + durationMs(typed)).toISOString();
  const at = zonedTime(typed);
  if (Number.isNaN(at))
    throw usageError(`${option} ${typed} is no time`, 'write 90s, 2h, 3d, 2026-12-01T08:00Z or 2026-12-01T09:00+01:00');
  return new Date(at).toISOString();
}

/** Ms since 1970; NaN: it is none, its day is not in the calendar, or it has no zone and so is another moment on each machine. */
export const zonedTime = (typed: string): number => {
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}.*(?:Z|[+-]\d{2}:\d{2})$/.exec(typed) ?? [];
  // Date.parse takes the 31st of November for the 1st of December.
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const isInCalendar = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
  return day !== '' && isInCalendar ? Date.parse(typed) : Number.NaN;
};

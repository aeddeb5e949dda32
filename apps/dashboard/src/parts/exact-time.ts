import { localText } from './past-times.ts';

/**
 * Where the reader is, to the second, with the distance from UTC: `2026-12-01 03:12:00 +01:00`; of what is no time the text as it is. By hand: the browser's own
 * formatter takes a slow device longer to make than all else that home needs.
 */
export function exactTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return `${localText(at.getTime()).replace('T', ' ')} ${zoneText(-at.getTimezoneOffset())}`;
}

/** The time of day where the reader is, to the millisecond: `03:12:00.250`. */
export function clockText(time: string): string {
  const at = new Date(time);
  return `${localText(at.getTime()).slice(11)}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

/** Of so many minutes east of UTC: `+05:30`. */
export function zoneText(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

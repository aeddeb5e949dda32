/** A time as `datetime-local` takes it: where the reader is, to the second. `time`: ms since 1970. */
export function localText(time: number): string {
  const there = new Date(time);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = [there.getFullYear(), two(there.getMonth() + 1), two(there.getDate())].join('-');
  return `${day}T${[there.getHours(), there.getMinutes(), there.getSeconds()].map(two).join(':')}`;
}

/** What `datetime-local` gives, in ISO 8601; null: it is no time, or has not come yet. `now`: ms since 1970. */
export function pastTime(local: string, now: number): string | null {
  const time = Date.parse(local);
  return Number.isNaN(time) || time > now ? null : new Date(time).toISOString();
}

const hourMs = 3_600_000;

/** Times that are asked for often (ms since 1970), by their names. */
export const earlierTimes = (now: number): readonly (readonly [string, number])[] => [
  ['an hour ago', now - hourMs],
  ['last night at three', threeAtNight(now)],
  ['a day ago', now - 24 * hourMs],
  ['a week ago', now - 7 * 24 * hourMs],
];

/** The last three o'clock in the night that is over, where the reader is. */
function threeAtNight(now: number): number {
  const night = new Date(now);
  night.setHours(3, 0, 0, 0);
  if (night.getTime() > now) night.setDate(night.getDate() - 1);
  return night.getTime();
}

/** From one time to others near it: how the link is named, and how many ms later that is. */
export const strides = [
  ['−1 h', -hourMs],
  ['−1 min', -60_000],
  ['+1 min', 60_000],
  ['+1 h', hourMs],
] as const;

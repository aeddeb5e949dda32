const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** By so many s the clocks of who says a time and of who reads it may differ: what has happened is not told as what will. */
const clocksDiffer = 3;

/** `3 hours ago`, `in 5 minutes`; of less than a minute `just now`, or `in less than a minute`. Times in ms since 1970. */
export function distanceText(time: number, now: number): string {
  const seconds = (time - now) / 1000;
  const unit = units.find(([, length]) => Math.abs(seconds) >= length);
  if (unit) return words.format(Math.trunc(seconds / unit[1]), unit[0]);
  return seconds > clocksDiffer ? 'in less than a minute' : 'just now';
}

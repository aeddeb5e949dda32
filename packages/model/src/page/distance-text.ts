const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** By so many s the clocks of who says a time and of who reads it may differ: what has happened is not told as what will. */
const clocksDiffer = 3;

/** `3 hours ago`, `in 5 minutes`; of less than a minute `just now`, or `in less than a minute`. Times in ms since 1970. */
export function distanceText(time: number, now: number): string {
  const seconds = (time - now) / 1000;
  const unit = units.find(([, length]) => Math.abs(seconds) >= length);
  if (unit) {
    const count = Math.trunc(Math.abs(seconds) / unit[1]);
    const amount = `${count} ${unit[0]}${count === 1 ? '' : 's'}`;
    return seconds < 0 ? `${amount} ago` : `in ${amount}`;
  }
  return seconds > clocksDiffer ? 'in less than a minute' : 'just now';
}

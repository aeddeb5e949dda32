const units = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const words = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/** `3 hours ago`, `in 5 minutes`; of less than a minute `just now`, or `in less than a minute`. Times in ms since 1970. */
export function distanceText(time: number, now: number): string {
  const seconds = (time - now) / 1000;
  const unit = units.find(([, length]) => Math.abs(seconds) >= length);
  if (unit) return words.format(Math.trunc(seconds / unit[1]), unit[0]);
  return seconds > 0 ? 'in less than a minute' : 'just now';
}

/** `4.2 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function spanText(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

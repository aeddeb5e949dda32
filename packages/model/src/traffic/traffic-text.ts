/** What is said of some requests. */
interface Said {
  readonly requests: number;
  readonly errors: number;
  /** In ms; null: there were none. */
  readonly p95: number | null;
}

/** 1204 → `1,204`. By hand: a browser takes long to make its own formatter. */
export const groupedText = (count: number): string => String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** A part of some requests, in percent: never 0 where there was one, never 100 where one is missing. */
export function partText(part: number, of: number): string {
  if (part === 0 || of === 0) return '0 %';
  const percent = (100 * part) / of;
  if (percent < 0.1) return '< 0.1 %';
  if (part < of && percent > 99.9) return '> 99.9 %';
  return percent < 10 || (part < of && percent >= 99.5)
    ? `${Number(percent.toFixed(1))} %`
    : `${Math.round(percent)} %`;
}

/** 84.3 → `84 ms`, 1240 → `1.2 s`, 4.21 → `4.2 ms` */
export function latencyText(ms: number): string {
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  return `${Number((ms / 1000).toFixed(ms < 9_950 ? 1 : 0))} s`;
}

/** `1,204 requests in the last hour, 0.3 % errors, p95 84 ms` */
export function trafficText({ requests, errors, p95 }: Said): string {
  if (requests === 0) return 'no requests in the last hour';
  const all = `${groupedText(requests)} ${requests === 1 ? 'request' : 'requests'} in the last hour`;
  const failed = errors === 0 ? 'no errors' : `${partText(errors, requests)} errors`;
  return [all, failed, ...(p95 === null ? [] : [`p95 ${latencyText(p95)}`])].join(', ');
}

import type { ShownTraffic } from '@soundbite/model/traffic/seen-traffic.ts';
import { groupedText, latencyText, partText } from '@soundbite/model/traffic/traffic-text.ts';
import { type Cell, instant, type Paint, plain, short, table } from './text.ts';

const levels = '▁▂▃▄▅▆▇█';
/** Minutes that one sign stands for. */
const minutesEach = 3;

/** Of one environment; null: nobody knows. */
interface TrafficRow {
  readonly environment: string;
  readonly problem: string | null;
  readonly seen: Pick<ShownTraffic, 'whole' | 'hour' | 'minutes'> | null;
}

/** What users asked in the last hour; `?` of a time of which nobody knows. */
export function trafficReport(environments: readonly TrafficRow[], paint: Paint = plain): string {
  const header = ['environment', 'the last hour', 'requests', 'errors', 'p95', 'answered by'];
  const notes = environments.flatMap(noteOf);
  return [table(header, environments.map(row), paint), ...notes].join('\n');
}

function row({ environment, seen }: TrafficRow): Cell[] {
  if (seen === null) return [environment, { text: 'not seen', tone: 'warn' }, '?', '?', '?', '?'];
  const { requests, errors, p95, releases } = seen.hour;
  return [
    environment,
    sparkText(seen.minutes.requests),
    groupedText(requests),
    errors === 0 ? '0 %' : { text: partText(errors, requests), tone: 'bad' },
    p95 === null ? '-' : latencyText(p95),
    releases
      .map((one) => `${one.release === null ? 'none' : short(one.release)} ${partText(one.requests, requests)}`)
      .join(', ') || '-',
  ];
}

/** Why nothing is known, or not all of it. */
function noteOf({ environment, problem, seen }: TrafficRow): string[] {
  if (problem !== null)
    return [`${environment}: not seen${seen === null ? '' : ` after ${instant(seen.whole.until)}`}: ${problem}`];
  if (seen === null || Date.parse(seen.whole.since) - Date.parse(seen.minutes.from) < 60_000) return [];
  return [`${environment}: seen since ${instant(seen.whole.since)} only; older requests are no longer on record`];
}

/** A sign for some minutes, as high as they had requests beside the most. */
function sparkText(minutes: readonly (number | null)[]): string {
  const spans = Array.from({ length: Math.ceil(minutes.length / minutesEach) }, (_, index) => {
    const known = minutes.slice(index * minutesEach, (index + 1) * minutesEach).filter((one) => one !== null);
    return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
  });
  const most = Math.max(1, ...spans.map((one) => one ?? 0));
  const sign = (one: number) => levels[Math.ceil((one / most) * (levels.length - 1))];
  return spans.map((one) => (one === null ? '?' : sign(one))).join('');
}

import type { TrafficView } from '@soundbite/client';
import { clockText } from '../../parts/exact-time.ts';

/** Later than this the beginning of the hour is missing, in ms. */
const missing = 60_000;

/** Why what is shown is not all of the hour, or not of now; null: it is. */
export function caveatOf({ seen, problem }: TrafficView): string | null {
  if (seen === null) return null;
  const { whole, minutes } = seen;
  if (problem !== null) return `not seen since ${toMinute(whole.until)}: ${problem}`;
  if (Date.parse(whole.since) - Date.parse(minutes.from) < missing) return null;
  return `seen since ${toMinute(whole.since)} only`;
}

const toMinute = (time: string): string => clockText(time).slice(0, 5);

/** What part of the requests of each span failed (0..1); null: nobody knows. */
export const errorShares = (
  requests: readonly (number | null)[],
  errors: readonly (number | null)[],
): readonly (number | null)[] =>
  requests.map((all, index) => (all === null ? null : all === 0 ? 0 : (errors[index] ?? 0) / all));

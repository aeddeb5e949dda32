/** Each bin ends at so many times the end of the one before it. */
const growth = 1.08;
const leastMs = 0.1;
const mostMs = 3_600_000;

/**
 * How many requests took how long, by the numbers of bins. A quantile read from them differs from the exact one by at most 5 %, from 0.1 ms to an hour, and
 * they have at most 230 bins, however many requests there were. As of DDSketch. Source: Masson, Rim, Lee, VLDB 2019.
 */
export type Latencies = ReadonlyMap<number, number>;

export const binOf = (ms: number): number =>
  Math.ceil(Math.log(Math.min(Math.max(Number.isNaN(ms) ? 0 : ms, leastMs), mostMs)) / Math.log(growth));

/** Where the error is the same towards both ends. */
const middleOf = (bin: number): number => (2 * growth ** bin) / (growth + 1);

/** In ms, to three digits: that which so many of all (0..1) were at or below. Null: there were none. */
export function latencyAt(latencies: Latencies, share: number): number | null {
  const bins = [...latencies].sort(([one], [other]) => one - other);
  const all = bins.reduce((sum, [, count]) => sum + count, 0);
  let below = 0;
  for (const [bin, count] of bins) {
    below += count;
    if (below >= share * all) return Number(middleOf(bin).toPrecision(3));
  }
  return null;
}

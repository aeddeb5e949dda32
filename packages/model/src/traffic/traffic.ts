import { isOfUser } from '../gates/watch/tally.ts';
import type { RequestRecord } from '../ports/edge.ts';
import { binOf, type Latencies } from './latencies.ts';

/** The width of a bucket, in ms. */
export const bucketMs = 10_000;
/** As many releases are told apart in one bucket; what further names answer counts as of none. */
const mostReleases = 8;
/** A longer name is no release's. */
const longestName = 100;

/** Requests of users, those of them that ended with a server error, and how long all of them took. */
export interface Served {
  readonly requests: number;
  readonly errors: number;
  readonly latencies: Latencies;
}

/** By which release answered; null: none that named itself. */
type Bucket = ReadonlyMap<string | null, Served>;

/** Requests of users by the time at which they came: buckets by their number, which is that time (ms since 1970) divided by `bucketMs`. */
export type TrafficCounts = ReadonlyMap<number, Bucket>;

export const noTraffic: TrafficCounts = new Map();

/** Counts what users asked: what is pinned, or asked at an operational route, is nobody's, as for the gate that watches. In any order. */
export function countedTraffic(records: readonly RequestRecord[], operational: ReadonlySet<string>): TrafficCounts {
  const buckets = new Map<number, Map<string | null, Counting>>();
  for (const record of records) {
    if (!isOfUser(record, operational)) continue;
    const number = Math.floor(record.start / bucketMs);
    const bucket = buckets.get(number) ?? new Map<string | null, Counting>();
    buckets.set(number, bucket);
    const name = nameIn(bucket, record.release);
    const served = bucket.get(name) ?? { requests: 0, errors: 0, latencies: new Map<number, number>() };
    bucket.set(name, served);
    const bin = binOf(record.ms);
    served.requests += 1;
    served.errors += record.status >= 500 ? 1 : 0;
    served.latencies.set(bin, (served.latencies.get(bin) ?? 0) + 1);
  }
  return buckets;
}

interface Counting {
  requests: number;
  errors: number;
  readonly latencies: Map<number, number>;
}

/** A service may answer with any name, and another one each time. */
const nameIn = (bucket: ReadonlyMap<string | null, unknown>, release: string | null): string | null =>
  release !== null && release.length <= longestName && (bucket.has(release) || bucket.size < mostReleases)
    ? release
    : null;

/** Both together. */
export function addedTraffic(one: TrafficCounts, other: TrafficCounts): TrafficCounts {
  const all = new Map(one);
  for (const [number, bucket] of other) {
    const both = new Map(all.get(number) ?? []);
    for (const [release, served] of bucket) {
      const name = nameIn(both, release);
      both.set(name, addedServed([...(both.has(name) ? [both.get(name) as Served] : []), served]));
    }
    all.set(number, both);
  }
  return all;
}

/** Requests of several spans, or of several releases, as one. */
export function addedServed(parts: readonly Served[]): Served {
  const latencies = new Map<number, number>();
  for (const part of parts)
    for (const [bin, count] of part.latencies) latencies.set(bin, (latencies.get(bin) ?? 0) + count);
  const sum = (of: 'requests' | 'errors') => parts.reduce((total, part) => total + part[of], 0);
  return { requests: sum('requests'), errors: sum('errors'), latencies };
}

/** Without the buckets that end before `from` or begin after `to` (ms since 1970): what is old, and what a clock that was put back had called now. */
export const trafficWithin = (counts: TrafficCounts, from: number, to: number): TrafficCounts =>
  new Map([...counts].filter(([number]) => (number + 1) * bucketMs > from && number * bucketMs <= to));

/** What came from `from` until before `to` (ms since 1970, at the bounds of buckets), by release. */
export function servedWithin(counts: TrafficCounts, from: number, to: number): ReadonlyMap<string | null, Served> {
  const parts = new Map<string | null, Served[]>();
  for (let number = Math.floor(from / bucketMs); number * bucketMs < to; number++)
    for (const [release, served] of counts.get(number) ?? [])
      parts.set(release, [...(parts.get(release) ?? []), served]);
  return new Map([...parts].map(([release, all]) => [release, addedServed(all)]));
}

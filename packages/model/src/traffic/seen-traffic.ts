import { latencyAt } from './latencies.ts';
import { addedServed, bucketMs, type Served, servedWithin, type TrafficCounts } from './traffic.ts';

const minuteMs = 60_000;
const minutesShown = 60;
/** How far back steps go unless told, in ms. */
const stepsBackMs = 15 * minuteMs;

/** What is known of the requests of an environment: of what time all are in the counts (ms since 1970), those that came at `until` and later not yet. */
export interface KnownTraffic {
  readonly counts: TrafficCounts;
  readonly since: number;
  readonly until: number;
}

/** What is shown of requests: how many, how many of them with a server error, and what 95 of 100 were answered within (ms); null: there were none. */
interface TrafficSum {
  readonly requests: number;
  readonly errors: number;
  readonly p95: number | null;
}

type Numbers = (number | null)[];

/** The requests of an hour, as it is shown. Null among numbers: nobody knows. Times as ISO 8601. */
interface TrafficHour {
  /** All of this time are counted, and none after it. */
  readonly whole: { readonly since: string; readonly until: string };
  /** Of all minutes; by release, the one with the most first. */
  readonly hour: TrafficSum & { readonly releases: (TrafficSum & { readonly release: string | null })[] };
  /** The last one is under way. */
  readonly minutes: {
    readonly from: string;
    readonly requests: Numbers;
    readonly errors: Numbers;
    readonly p95: Numbers;
  };
}

/** The beginning of the hour that is shown: that of the minute 59 minutes ago. In ms since 1970. */
export const hourBefore = (now: number): number =>
  Math.floor(now / minuteMs) * minuteMs - (minutesShown - 1) * minuteMs;

export type ShownTraffic = ReturnType<typeof shownTraffic>;

/** As it is shown now (ms since 1970); steps where they are asked for: from a time on, or of the last quarter of an hour. No more than the hour is shown. */
export const shownTraffic = (
  known: KnownTraffic,
  now: number,
  steps: { readonly since?: number | undefined } | null,
) => ({
  ...trafficHour(known, now),
  steps: steps && trafficSteps(known, now, steps.since),
});

function trafficHour(known: KnownTraffic, now: number): TrafficHour {
  const from = hourBefore(now);
  const minutes = Array.from({ length: minutesShown }, (_, index) => minuteAt(known, from + index * minuteMs));
  const sums = minutes.map((minute) => minute && sumOf([...minute.values()]));
  const column = (of: keyof TrafficSum) => sums.map((sum) => sum?.[of] ?? null);
  return {
    whole: { since: timeOf(Math.max(known.since, from)), until: timeOf(known.until) },
    // Of no other minutes, so that what is said of the hour is what its minutes say.
    hour: hourOf(minutes.filter((minute) => minute !== null)),
    minutes: { from: timeOf(from), requests: column('requests'), errors: column('errors'), p95: column('p95') },
  };
}

/** By release; null: nobody knows. */
const minuteAt = (known: KnownTraffic, begin: number): ReadonlyMap<string | null, Served> | null =>
  isKnown(known, begin, begin + minuteMs) ? servedWithin(known.counts, begin, begin + minuteMs) : null;

function hourOf(minutes: readonly ReadonlyMap<string | null, Served>[]): TrafficHour['hour'] {
  const names = [...new Set(minutes.flatMap((minute) => [...minute.keys()]))].toSorted(byName);
  const releases = names.map((release) => ({
    release,
    ...sumOf(minutes.flatMap((minute) => minute.get(release) ?? [])),
  }));
  const all = sumOf(minutes.flatMap((minute) => [...minute.values()]));
  return { ...all, releases: releases.toSorted((one, other) => other.requests - one.requests) };
}

/** Each release's requests in steps of ten seconds; null among numbers: nobody knows. */
interface TrafficSteps {
  readonly from: string;
  readonly seconds: number;
  /** In the order in which they came. */
  readonly releases: {
    readonly release: string | null;
    readonly requests: Numbers;
    readonly errors: Numbers;
  }[];
}

function trafficSteps(known: KnownTraffic, now: number, since = now - stepsBackMs): TrafficSteps {
  const first = Math.floor(Math.min(Math.max(since, hourBefore(now)), now) / bucketMs);
  const steps = Array.from({ length: Math.floor(now / bucketMs) - first + 1 }, (_, index) => {
    const begin = (first + index) * bucketMs;
    return isKnown(known, begin, begin + bucketMs) ? servedWithin(known.counts, begin, begin + bucketMs) : null;
  });
  const releases = [...new Set(steps.flatMap((step) => [...(step?.keys() ?? [])].toSorted(byName)))];
  const column = (release: string | null, of: 'requests' | 'errors') =>
    steps.map((step) => step && (step.get(release)?.[of] ?? 0));
  return {
    from: timeOf(first * bucketMs),
    seconds: bucketMs / 1000,
    releases: releases.map((release) => ({
      release,
      requests: column(release, 'requests'),
      errors: column(release, 'errors'),
    })),
  };
}

/** So that what came at once has an order, too. */
const byName = (one: string | null, other: string | null): number => (one ?? '').localeCompare(other ?? '');

/** At least in part. */
const isKnown = ({ since, until }: KnownTraffic, from: number, to: number): boolean => to > since && from < until;

function sumOf(parts: readonly Served[]): TrafficSum {
  const { requests, errors, latencies } = addedServed(parts);
  return { requests, errors, p95: latencyAt(latencies, 0.95) };
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

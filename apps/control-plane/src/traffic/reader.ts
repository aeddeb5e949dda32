import {
  addedTraffic,
  countedTraffic,
  type Environment,
  hourBefore,
  type KnownTraffic,
  noTraffic,
  operationalRoutes,
  type RequestPage,
  type RequestsSince,
  type TrafficCounts,
  toErrorDocument,
  trafficWithin,
} from '@soundbite/model';
import { type LookWorld, lookAt, rememberedTarget } from '../look-at.ts';
import { late, within } from '../within.ts';

/** One look reads at most this many pages; the next one goes on from there. */
const mostPages = 20;
/** Nobody's requests are read more often, in ms. */
const leastMs = 2_000;
/** A look that has not ended after so many ms is given up: what it finds later is of no use. */
const lookWithinMs = 60_000;
/** Clocks of this machine and of what records may differ by so much, in ms. */
const clocksApart = 60_000;

/** What a look at the requests of an environment found: null, nothing yet; why not, or not further. */
export interface TrafficFound {
  readonly known: KnownTraffic | null;
  readonly problem: string | null;
}

export interface Clocks {
  /** In ms since 1970. */
  readonly now: () => number;
  /** In ms of a clock that nobody puts back. */
  readonly passed: () => number;
}

/** How far it is read. */
interface Reading {
  readonly since: RequestsSince;
  readonly counts: TrafficCounts;
  /** The counts with the time of which they are all; null: the hour is not read to its end yet. */
  readonly known: KnownTraffic | null;
}

/** Everything of the last hour is still to be read. */
const unread = (now: number): Reading => ({ since: { time: hourBefore(now) }, counts: noTraffic, known: null });

/**
 * Reads the requests of one environment when somebody asks: the last hour at first, then what came since. Who asks meanwhile shares the look, and who asks soon
 * after it what it found.
 */
export function trafficReader(world: LookWorld, environment: Environment, { now, passed }: Clocks) {
  const runtime = world.runtime(environment.runtime);
  const everyMs = Math.max(leastMs, runtime.looksEveryMs(environment) / 2);
  let reading = unread(now());
  let problem: string | null = null;
  let looking: Promise<void> | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;

  /** `isGivenUp`: another one reads meanwhile. */
  async function look(isGivenUp: () => boolean): Promise<void> {
    // A clock that was put back would call the past the future.
    if (reading.known !== null && reading.known.until > now() + clocksApart) reading = unread(now());
    const operational = operationalRoutes(await pathsSeen());
    const cloud = await world.clouds.of(environment);
    for (let pages = 0; pages < mostPages; pages++) {
      const begun = now();
      const page = await runtime.requests({ environment, cloud }, laterSince(reading.since, begun));
      if (isGivenUp()) return;
      reading = continued(page.anew ? unread(begun) : reading, page, operational, begun);
      if (!page.more) return;
    }
  }

  /** Which version is which release a runtime knows by a look; where looks are dear a remembered one will do. */
  async function pathsSeen() {
    const target = await rememberedTarget(world, environment);
    if (reading.known === null || runtime.looksEveryMs(environment) > 0) {
      const { observed } = await lookAt(world, environment);
      // What is recorded on this machine is recorded whatever state the account is in.
      if (observed instanceof Error && !runtime.isHere(environment)) throw observed;
    }
    return runtime.healthPaths(environment, target?.outputs ?? null);
  }

  async function lookOnce(): Promise<void> {
    let isGivenUp = false;
    try {
      isGivenUp =
        (await within(
          look(() => isGivenUp),
          lookWithinMs,
        )) === late;
      problem = isGivenUp ? `who records the requests did not answer within ${lookWithinMs / 1000} s` : null;
    } catch (error) {
      const { message, hint } = toErrorDocument(error);
      problem = hint ? `${message}; ${hint}` : message;
    } finally {
      lookedAt = passed();
      looking = null;
    }
  }

  return {
    /** Waits for a look that is due; never throws. */
    async looked(): Promise<void> {
      if (looking === null && passed() - lookedAt < everyMs) return;
      looking ??= lookOnce();
      await looking;
    },
    /** What is known now; the same object until a look finds more. */
    found(): TrafficFound {
      const { known } = reading;
      return { known, problem: problem ?? (known === null ? 'the last hour is still being read' : null) };
    },
  };
}

/** Older ones are of no use any more. */
const laterSince = (since: RequestsSince, now: number): RequestsSince => ({
  ...since,
  time: Math.max(since.time, hourBefore(now)),
});

function continued(
  { counts: before, known, since: { time } }: Reading,
  { records, more, whole, next }: RequestPage,
  operational: ReadonlySet<string>,
  now: number,
): Reading {
  const all = addedTraffic(before, countedTraffic(records, operational));
  const counts = trafficWithin(all, hourBefore(now), now + clocksApart);
  const since = Math.max(known?.since ?? time, whole?.since ?? 0);
  return {
    since: next,
    counts,
    // Of pages in between nobody says how far they go.
    known: more ? known && { ...known, counts } : { counts, since, until: Math.min(whole?.until ?? now, now) },
  };
}

import type { Timeline, TrafficView } from '@soundbite/client';

/** What is shown before traffic moved, and after the promotion's end, in ms. */
const before = 60_000;
const after = 120_000;
/** As long as requests are known. */
const hour = 3_600_000;
/** So many steps back is now: one of them says little. */
const nowSteps = 3;
/** What is further back is not now any more: a minute, in steps. */
const nowWithin = 6;

/** The traffic of a promotion, times in ms since 1970. */
export interface Shifting {
  /** From here on it is shown, until there; null: until now. */
  readonly from: number;
  readonly until: number | null;
  /** Where traffic was moved, in order: to the new release and, if it failed, back. */
  readonly moves: readonly number[];
}

/** Null: it has moved no traffic, or that is no longer known. `now` in ms since 1970. */
export function shiftingOf(
  { entries, finishedAt }: Pick<Timeline, 'entries' | 'finishedAt'>,
  now: number,
): Shifting | null {
  const timesOf = (name: string) =>
    entries.flatMap(({ step, at }) => (at !== null && step?.name === name ? [Date.parse(at)] : []));
  const shifts = timesOf('shift');
  const [first] = shifts;
  const end = finishedAt === null ? null : Date.parse(finishedAt);
  if (first === undefined || (end !== null && now - end > hour)) return null;
  // What went back before it had any traffic moved none.
  const back = timesOf('rollback').filter((at) => at > first);
  return { from: first - before, until: end === null ? null : end + after, moves: [...shifts, ...back] };
}

/** Whether what is shown may still change. */
export const isMoving = ({ until }: Shifting, now: number): boolean => until === null || now < until;

type Steps = NonNullable<NonNullable<TrafficView['seen']>['steps']>;

/** A release's part of the traffic. */
export interface ShareRow {
  readonly release: string | null;
  /** Of each step, 0..1; null: nobody asked then, or nobody knows. */
  readonly shares: readonly (number | null)[];
  /** What part of its own requests failed in each step; null: it had none. */
  readonly failed: readonly (number | null)[];
  readonly requests: number;
  readonly errors: number;
  /** Of the last steps that are known to have had requests since traffic was moved; null: none had for a minute. */
  readonly last: number | null;
}

interface Shares {
  readonly rows: readonly ShareRow[];
  /** Whether anybody knows what was asked in each step. */
  readonly known: readonly boolean[];
}

/** The shares of the releases in a promotion's time; those of `order` first, then others that answered. */
export function sharesIn(steps: Steps, { until, moves }: Shifting, order: readonly (string | null)[]): Shares {
  const releases = untilThen(steps, until);
  const known = (releases[0]?.requests ?? []).map((count) => count !== null);
  const all = known.map((_, index) => sum(releases.map(({ requests }) => requests[index] ?? 0)));
  const place = ({ release }: ShareRow) => (order.includes(release) ? order.indexOf(release) : order.length);
  // What was asked before traffic moved says nothing of now; the step in which it moved says less than a later one.
  const moved = Math.floor(((moves.at(-1) ?? 0) - Date.parse(steps.from)) / (steps.seconds * 1000));
  const after = all.findIndex((count, index) => index > moved && count > 0);
  const since = Math.max(0, after < 0 ? moved : after);
  const rows = releases.map((one) => rowOf(one, all, since)).filter(({ requests }) => requests > 0);
  return { rows: rows.toSorted((one, other) => place(one) - place(other)), known };
}

function untilThen({ from, seconds, releases }: Steps, until: number | null): Steps['releases'] {
  if (until === null) return releases;
  const size = Math.max(0, Math.ceil((until - Date.parse(from)) / (seconds * 1000)));
  return releases.map((one) => ({ ...one, requests: one.requests.slice(0, size), errors: one.errors.slice(0, size) }));
}

/** `all`: the requests of all releases in each step; `since`: the first step that may count as now. */
function rowOf(
  { release, requests, errors }: Steps['releases'][number],
  all: readonly number[],
  since: number,
): ShareRow {
  const recent = all
    .flatMap((count, index) => (count > 0 && index >= Math.max(since, all.length - nowWithin) ? [index] : []))
    .slice(-nowSteps);
  const recently = (counts: readonly (number | null)[]) => sum(recent.map((index) => counts[index] ?? 0));
  return {
    release,
    shares: all.map((count, index) => (count === 0 ? null : (requests[index] ?? 0) / count)),
    failed: requests.map((count, index) => (count ? (errors[index] ?? 0) / count : null)),
    requests: sum(requests),
    errors: sum(errors),
    last: recent.length === 0 ? null : recently(requests) / recently(all),
  };
}

const sum = (numbers: readonly (number | null)[]): number => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);

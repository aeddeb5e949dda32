import type { RequestRecord } from './ports/edge.ts';
import type { Evidence, GateResult } from './ports/evidence.ts';
import type { HealthPaths } from './ports/standing.ts';
import { routeName } from './route-name.ts';

/** The gate of a program that a service brings: every fact must hold, and there must be facts. */
export function programGate(evidence: Evidence): GateResult {
  if (evidence.facts.length === 0) return { verdict: 'fail', reasons: ['nothing was tried, so nothing is known'] };
  const reasons = evidence.facts.filter((fact) => !fact.ok).map((fact) => `${fact.name}: ${fact.detail}`);
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons };
}

/** Server errors of the new release while it is watched: a tenth or more of at least five requests fails, and so does a version that is not healthy at several looks in a row. */
export const watchLimits = { requests: 5, badShare: 0.1 } as const;

/** At these paths of the service contract operators and this system ask, not users: that says nothing about what users see. */
const ofContract: readonly string[] = ['/health', '/ready', '/version', '/metrics'];

/** Routes at which nobody asks who is a user: those of the contract, of a service that keeps it; else where its health is asked. */
export const operationalRoutes = (paths: HealthPaths | null): ReadonlySet<string> =>
  new Set(paths === null ? [] : paths.keepsContract ? ofContract : [routeName(paths.alive), routeName(paths.ready)]);

/**
 * Requests of users that a release answered, and those that broke before it could name itself: where a process or a function crashes, the edge or the
 * gateway answers for it, and a release that is watched has all traffic.
 */
function ownRequests(
  requests: readonly RequestRecord[],
  release: string,
  operational: ReadonlySet<string>,
): RequestRecord[] {
  const isOwn = (request: RequestRecord) =>
    request.release === release || (request.release === null && request.status >= 500);
  return requests.filter((request) => !request.pinned && isOwn(request) && !operational.has(request.route));
}

/** Requests of users that a release answered, and how many of them with a server error. */
export interface Tally {
  readonly requests: number;
  readonly bad: number;
}

/** Counts further requests; `operational`: routes that do not count. */
export function tallied(
  before: Tally,
  records: readonly RequestRecord[],
  release: string,
  operational: ReadonlySet<string>,
): Tally {
  const own = ownRequests(records, release, operational);
  const bad = own.filter(({ status }) => status >= 500);
  return { requests: before.requests + own.length, bad: before.bad + bad.length };
}

/** What the watch has seen so far; decided after each look. */
export interface WatchFacts extends Tally {
  /** Consecutive looks at which the live version was not healthy. */
  readonly unhealthyLooks: number;
  /** So many of them are too many. */
  readonly unhealthyLimit: number;
}

/** The watch gate. A canary judge will replace this rule; until then it is deliberately plain. */
export function watchGate({ requests, bad, unhealthyLooks, unhealthyLimit }: WatchFacts): GateResult {
  const reasons: string[] = [];
  if (unhealthyLooks >= unhealthyLimit) reasons.push(`unhealthy at ${unhealthyLooks} looks in a row`);
  if (bad > 0 && requests >= watchLimits.requests && bad / requests >= watchLimits.badShare) {
    reasons.push(`${bad} of ${requests} requests answered with a server error`);
  }
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons };
}

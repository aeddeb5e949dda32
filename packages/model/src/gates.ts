import type { RequestRecord } from './ports/edge.ts';
import type { Evidence, GateResult } from './ports/evidence.ts';

/** The gate of a program that a service brings: every fact must hold, and there must be facts. */
export function programGate(evidence: Evidence): GateResult {
  if (evidence.facts.length === 0) return { verdict: 'fail', reasons: ['nothing was tried, so nothing is known'] };
  const reasons = evidence.facts.filter((fact) => !fact.ok).map((fact) => `${fact.name}: ${fact.detail}`);
  return { verdict: reasons.length === 0 ? 'pass' : 'fail', reasons };
}

/** Server errors of the new release while it is watched: a tenth or more of at least five requests fails, and so does a version that is not healthy at several looks in a row. */
export const watchLimits = { requests: 5, badShare: 0.1 } as const;

/** Requests of operators and of this system, not of users: they say nothing about what users see. */
const operational = new Set(['/health', '/ready', '/version', '/metrics']);

/**
 * Requests of users that a release answered, and those that broke before it could name itself: where a process or a function crashes, the edge or the
 * gateway answers for it, and a release that is watched has all traffic.
 */
function ownRequests(requests: readonly RequestRecord[], release: string): RequestRecord[] {
  const isOwn = (request: RequestRecord) =>
    request.release === release || (request.release === null && request.status >= 500);
  return requests.filter((request) => !request.pinned && isOwn(request) && !operational.has(request.route));
}

/** Requests of users that a release answered, and how many of them with a server error. */
export interface Tally {
  readonly requests: number;
  readonly bad: number;
}

/** Counts further requests. */
export function tallied(before: Tally, records: readonly RequestRecord[], release: string): Tally {
  const own = ownRequests(records, release);
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

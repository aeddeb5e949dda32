import type { HealthPaths } from '../../health-paths.ts';
import type { RequestRecord } from '../../ports/edge.ts';
import { routeName } from '../../route-name.ts';

/** At these paths of the service contract operators and this system ask, not users: that says nothing about what users see. */
const ofContract: readonly string[] = ['/health', '/ready', '/version', '/metrics'];

/** Routes at which nobody asks who is a user: those of the contract, of a service that keeps it; else where its health is asked. */
export const operationalRoutes = (paths: HealthPaths | null): ReadonlySet<string> =>
  new Set(paths === null ? [] : paths.keepsContract ? ofContract : [routeName(paths.alive), routeName(paths.ready)]);

/** Whether a user asked: not this system, which pins what it asks, and not at a route that is operational. */
export const isOfUser = ({ pinned, route }: RequestRecord, operational: ReadonlySet<string>): boolean =>
  !pinned && !operational.has(route);

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
  return requests.filter((request) => isOwn(request) && isOfUser(request, operational));
}

/** Requests of users that a release answered, and how many of them with a server error. */
export interface Tally {
  readonly requests: number;
  readonly bad: number;
}

export const nothingTallied: Tally = { requests: 0, bad: 0 };

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

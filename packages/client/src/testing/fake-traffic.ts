import { countedTraffic, hourBefore, operationalRoutes, type RequestRecord, shownTraffic } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { Places } from './fake-places.ts';

/** What users asked of the fake's environments: nothing, until a test says something else. */
export function fakeTraffic(places: Places) {
  const records = new Map<string, RequestRecord[]>();
  /** Why the requests of an environment are not seen. */
  const unseen = new Map<string, string>();

  function view(environment: string, steps: Parameters<typeof shownTraffic>[2]): schemas.TrafficView {
    const problem = unseen.get(environment) ?? null;
    if (problem !== null) return { environment, problem, seen: null };
    const now = Date.now();
    const contract = operationalRoutes({ alive: '/health', ready: '/ready', keepsContract: true });
    const counts = countedTraffic(records.get(environment) ?? [], contract);
    const known = { counts, since: hourBefore(now), until: now };
    return { environment, problem, seen: shownTraffic(known, now, steps) };
  }

  return {
    unseen,
    /** So many requests came `ago` ms ago, and were answered by a release. */
    serve(environment: string, ago: number, count: number, answer: Partial<RequestRecord> = {}): void {
      const start = Date.now() - ago;
      const usual = { method: 'GET', route: '/', status: 200, ms: 20, version: null, pinned: false };
      const release = places.at(environment).live;
      const record: RequestRecord = { environment, start, release, ...usual, ...answer };
      records.set(environment, [...(records.get(environment) ?? []), ...Array.from({ length: count }, () => record)]);
    },
    list({ environment, since }: schemas.TrafficQuery): schemas.TrafficList {
      const asked = environment === undefined ? places.names : [places.at(environment).name];
      const steps = environment === undefined ? null : { since: since === undefined ? undefined : Date.parse(since) };
      const environments = asked.map((name) => view(name, steps));
      return { at: new Date().toISOString(), environments };
    },
  };
}

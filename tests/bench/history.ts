import { type HistoryPlane, onHistory } from './history-plane.ts';
import { percentile, rounded } from './stage.ts';

/** Of each query; the first tenth warms up. */
const times = 110;

/**
 * What HTTP queries of promotions, releases and environments take over a year's records, in ms: the control plane's own server on a Postgres and a store of
 * releases of this bench; what runs is not looked at. One query at a time, each kind in its turn.
 */
export const history = (): Promise<object> =>
  onHistory(async (plane) => {
    const { largestPage, matrix, matrixThen, ...p95Ms } = await measured(plane);
    return {
      bench: 'history',
      ...{ ...plane.figures, times: times * 0.9 },
      ...{ p95Ms: Math.max(...Object.values(p95Ms)), byQueryP95Ms: p95Ms, must: { p95Ms: 50 } },
      largePagesP95Ms: { largestPage, matrix, matrixThen },
    };
  });

/** The 95th percentile of each kind of query. */
async function measured(plane: HistoryPlane): Promise<Record<string, number>> {
  const ms = new Map<string, number[]>();
  for (let time = 0; time < times; time++)
    for (const [kind, path] of Object.entries(queries(time, plane))) {
      const taken = await asked(`${plane.url}${path}`, plane.token);
      if (time >= times / 10) ms.set(kind, [...(ms.get(kind) ?? []), taken]);
    }
  return Object.fromEntries([...ms].map(([kind, all]) => [kind, rounded(percentile(all, 0.95), 1)]));
}

/** Others each time. */
function queries(time: number, { releases, environments, promotion }: HistoryPlane): Record<string, string> {
  const environment = environments[time % environments.length];
  const release = releases[(time * 7919) % releases.length] ?? '';
  const id = promotion(time * 7919);
  const then = new Date(Date.now() - time * 3 * 24 * 3_600_000).toISOString();
  return {
    promotions: '/v1/promotions',
    promotionsOfOne: `/v1/promotions?environment=${environment}`,
    promotionsBefore: `/v1/promotions?before=${id}`,
    promotionsOfOneBefore: `/v1/promotions?environment=${environment}&before=${id}`,
    promotionsOfOneThen: `/v1/promotions?environment=${environment}&before=${id}&at=${then}`,
    largestPage: '/v1/promotions?limit=500',
    promotion: `/v1/promotions/${id}`,
    timeline: `/v1/promotions/${id}/timeline`,
    releases: '/v1/releases',
    release: `/v1/releases/${release}`,
    evidence: `/v1/releases/${release}/evidence`,
    environments: '/v1/environments',
    environment: `/v1/environments/${environment}`,
    why: `/v1/environments/${environment}/why`,
    overview: '/v1/overview',
    overviewThen: `/v1/overview?at=${then}`,
    matrix: '/v1/matrix',
    matrixThen: `/v1/matrix?at=${then}`,
    freezes: '/v1/freezes',
    taints: '/v1/taints',
  };
}

async function asked(url: string, token: string): Promise<number> {
  const begun = performance.now();
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${text.slice(0, 500)}`);
  return performance.now() - begun;
}

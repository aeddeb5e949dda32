import { type Digest, type Edge, stackOutputs, type Target } from '@soundbite/model';
import { outputOf } from '../outputs.ts';
import type { Clients } from './clients.ts';
import type { FencedClients } from './fence.ts';

/** An emulated account's HTTP API has no address of its own: the edge gives it one. On AWS there is nothing to do. */
export async function routeEdge(
  { access, fence }: FencedClients,
  edge: Edge,
  target: Target,
  release: Digest | null,
): Promise<void> {
  if (access.endpoint === undefined) return;
  const { name, port } = target.environment;
  const url = apiUrl(access.endpoint, target);
  await edge.setRoute({
    environment: name,
    port,
    generation: fence.generation,
    upstreams: release ? [{ kind: 'gateway', url, release, share: 1 }] : [],
  });
}

/**
 * From its first version on an emulated environment has its stable URL, which answers 503 while it is empty. A route to an API that is
 * there no more leads nowhere: the one that was made in its place is empty until it is given traffic.
 */
export async function openEdge(clients: FencedClients, edge: Edge, target: Target): Promise<void> {
  if (clients.access.endpoint === undefined) return;
  const { isThere, isOfAnotherApi } = await readRoute(clients, edge, target);
  if (!isThere || isOfAnotherApi) await routeEdge(clients, edge, target, null);
}

/** What the edge does with an environment's requests: `isEmpty` null where it has no say (on AWS, or without a route). */
export async function readRoute({ access }: Pick<Clients, 'access'>, edge: Edge, target: Target) {
  if (access.endpoint === undefined) return { isThere: false, isEmpty: null, isOfAnotherApi: false, problem: null };
  const route = (await edge.routes()).find(({ environment }) => environment === target.environment.name);
  if (!route) return { isThere: false, isEmpty: null, isOfAnotherApi: false, problem: 'the edge has no route to it' };
  const wanted = apiUrl(access.endpoint, target);
  const stray = route.upstreams.find(({ url }) => url !== wanted);
  return {
    isThere: true,
    isEmpty: route.upstreams.length === 0,
    // The account may listen elsewhere than yesterday; its API keeps its id.
    isOfAnotherApi: stray !== undefined && new URL(stray.url).pathname !== new URL(wanted).pathname,
    problem: stray ? `the edge sends to ${stray.url}, its API is at ${wanted}` : null,
  };
}

const apiUrl = (endpoint: string, target: Target) =>
  `${endpoint}/_aws/execute-api/${outputOf(target, stackOutputs.apiId)}/$default`;

import type { Digest, Edge, Target } from '@soundbite/model';
import type { Clients } from './clients.ts';
import { type HttpComponent, httpComponent } from './components.ts';
import type { FencedClients } from './fence.ts';

/** An emulated account's API or function URL has no address on this machine: the edge gives it one. On AWS, and where nothing speaks HTTP, there is nothing to do. */
export async function routeEdge(
  { access, fence }: FencedClients,
  edge: Edge,
  target: Target,
  release: Digest | null,
): Promise<void> {
  const component = httpComponent(target);
  if (access.endpoint === undefined || !component) return;
  const { name, port } = target.environment;
  const url = apiUrl(access.endpoint, component);
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
  if (clients.access.endpoint === undefined || !httpComponent(target)) return;
  const { isThere, isOfAnotherApi } = await readRoute(clients, edge, target);
  if (!isThere || isOfAnotherApi) await routeEdge(clients, edge, target, null);
}

/** What the edge does with an environment's requests: `isEmpty` null where it has no say (on AWS, where nothing speaks HTTP, or without a route). */
export async function readRoute({ access }: Pick<Clients, 'access'>, edge: Edge, target: Target) {
  const component = httpComponent(target);
  if (access.endpoint === undefined || !component)
    return { isThere: false, isEmpty: null, isOfAnotherApi: false, problem: null };
  const route = (await edge.routes()).find(({ environment }) => environment === target.environment.name);
  if (!route) return { isThere: false, isEmpty: null, isOfAnotherApi: false, problem: 'the edge has no route to it' };
  const wanted = apiUrl(access.endpoint, component);
  const stray = route.upstreams.find(({ url }) => url !== wanted);
  return {
    isThere: true,
    isEmpty: route.upstreams.length === 0,
    // The account may listen elsewhere than yesterday; its API keeps its id.
    isOfAnotherApi: stray !== undefined && new URL(stray.url).pathname !== new URL(wanted).pathname,
    problem: stray ? `the edge sends to ${stray.url}, its API is at ${wanted}` : null,
  };
}

/** Where an emulated account answers by path what AWS answers by the first part of a host's name. */
function apiUrl(endpoint: string, { way }: HttpComponent): string {
  if ('apiId' in way) return `${endpoint}/_aws/execute-api/${way.apiId}/$default`;
  if ('rest' in way) return `${endpoint}/_aws/execute-api/${way.rest.api}/${way.rest.stage}`;
  return `${endpoint}/_aws/lambda-url/${new URL(way.url).hostname.split('.')[0]}`;
}

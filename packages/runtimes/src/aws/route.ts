import type { Digest, Edge, Target } from '@soundbite/model';
import type { Clients } from './clients.ts';
import { type HttpComponent, httpBelowPaths, httpComponent } from './components.ts';
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
  const ways = waysTo(access.endpoint, target, component);
  await edge.setRoute({
    environment: name,
    port,
    generation: fence.generation,
    upstreams: release ? ways.map((way) => ({ kind: 'gateway', ...way, release, share: 1 })) : [],
  });
}

/** Where the environment's address leads, and what is below the paths of other components. */
const waysTo = (endpoint: string, target: Target, rest: HttpComponent): readonly Way[] => [
  { url: apiUrl(endpoint, rest) },
  ...httpBelowPaths(target).map((one) => ({ url: apiUrl(endpoint, one), path: one.path })),
];

interface Way {
  readonly url: string;
  readonly path?: string;
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
  const wanted = new Map(waysTo(access.endpoint, target, component).map(({ path, url }) => [path, url]));
  // A path that a release adds or takes away is so once that release has the traffic.
  const astray = route.upstreams.filter(({ path, url }) => wanted.has(path) && wanted.get(path) !== url);
  const [stray] = astray;
  return {
    isThere: true,
    isEmpty: route.upstreams.length === 0,
    // The account may listen elsewhere than yesterday; its API keeps its id.
    isOfAnotherApi: astray.some(({ path, url }) => path === undefined && pathOf(url) !== pathOf(wanted.get(path))),
    problem: stray
      ? `the edge sends ${stray.path === undefined ? '' : `${stray.path} `}to ${stray.url}, its API is at ${wanted.get(stray.path)}`
      : null,
  };
}

const pathOf = (url: string | undefined) => url && new URL(url).pathname;

/** Where an emulated account answers by path what AWS answers by the first part of a host's name. */
function apiUrl(endpoint: string, { way }: HttpComponent): string {
  if ('apiId' in way) return `${endpoint}/_aws/execute-api/${way.apiId}/$default`;
  if ('rest' in way) return `${endpoint}/_aws/execute-api/${way.rest.api}/${way.rest.stage}`;
  return `${endpoint}/_aws/lambda-url/${new URL(way.url).hostname.split('.')[0]}`;
}

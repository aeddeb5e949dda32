import { isBelowPath, matchedRoute, type PinnedRequest, type Target } from '@soundbite/model';
import { type Component, componentsOf, type HttpComponent, httpBelowPaths, reachedComponent } from './components.ts';
import type { Proving } from './proof.ts';

/**
 * The component for which a request at the environment's address is: the one with the longest path that it is below; else, of those behind the API that has the rest of the
 * address, the one to which the route leads that takes it. What no route takes is asked of what has the rest. Error: `component-unknown` where nothing speaks HTTP.
 */
export async function askedComponent(
  { routes }: Pick<Proving, 'routes'>,
  target: Target,
  { method, path }: PinnedRequest,
): Promise<Component> {
  const { pathname } = new URL(`http://pinned.invalid${path}`);
  const below = httpBelowPaths(target).filter((one) => isBelowPath(pathname, one.path));
  const [nearest] = below.sort((a, b) => b.path.length - a.path.length);
  if (nearest) return nearest;
  const reached = reachedComponent(target);
  const sharing = componentsOf(target).filter((one) => one.name !== reached.name && isBehindApiOf(one, reached));
  for (const one of sharing) if (await takes(routes, one, method, pathname)) return one;
  return reached;
}

async function takes(routes: Proving['routes'], component: Component, method: string, path: string): Promise<boolean> {
  const declared = (await routes(component)) ?? [];
  const route = matchedRoute(
    declared.map(({ key }) => key),
    method,
    path,
  );
  return declared.some(({ key, leadsHere }) => leadsHere && key === route?.key);
}

const isBehindApiOf = (one: Component, { way }: HttpComponent): boolean =>
  'apiId' in way ? one.apiId === way.apiId : 'rest' in way && one.rest?.api === way.rest.api;

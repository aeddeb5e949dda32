import {
  type Digest,
  type Edge,
  type EdgeRoute,
  type EdgeUpstream,
  type Fence,
  SoundBiteError,
  type Target,
} from '@soundbite/model';

/** The environment's route as the edge has it; null before the first install. */
export async function routeOf(edge: Edge, target: Target): Promise<EdgeRoute | null> {
  return (await edge.routes()).find(({ environment }) => environment === target.environment.name) ?? null;
}

export const shareIn = (route: EdgeRoute | null, release: Digest): number =>
  route?.upstreams.find((upstream) => upstream.release === release)?.share ?? 0;

/**
 * The fence of processes is the edge: a generation that has set the route shuts older ones out. A newer one is written down before
 * anything else changes. Errors: `generation-old`.
 */
export async function holdRoute(edge: Edge, target: Target, fence: Fence): Promise<EdgeRoute> {
  const present = await routeOf(edge, target);
  if (present && present.generation > fence.generation)
    throw new SoundBiteError(
      'generation-old',
      `superseded: a newer attempt (generation ${present.generation}) already changed ${target.environment.name}; this one (generation ${fence.generation}) stops`,
      { hint: `see what acted since: soundbite history ${target.environment.name}` },
    );
  if (present?.generation === fence.generation) return present;
  return writeRoute(edge, target, fence, present?.upstreams ?? []);
}

export async function writeRoute(
  edge: Edge,
  target: Target,
  { generation }: Fence,
  upstreams: readonly EdgeUpstream[],
): Promise<EdgeRoute> {
  const { name: environment, port } = target.environment;
  const route = { environment, port, generation, upstreams };
  await edge.setRoute(route);
  return route;
}

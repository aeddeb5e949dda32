import { publicUrl } from './address.ts';
import type { World } from './world/world.ts';

/** Every environment on this machine has its stable URL from the start: an empty one answers 503 with Retry-After. What is live comes back by reconciliation. */
export async function listenEverywhere(world: World): Promise<void> {
  for (const environment of world.declaration().environments) {
    if (environment.cloud.kind === 'real' && environment.runtime === 'aws') continue;
    if (await publicUrl(world, environment)) continue;
    await world.edge.setRoute({
      environment: environment.name,
      port: environment.port,
      generation: await world.engine.records.generation(),
      upstreams: [],
    });
  }
}

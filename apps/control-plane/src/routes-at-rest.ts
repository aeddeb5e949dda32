import { addressOf } from './address.ts';
import type { World } from './world/world.ts';

/** Every environment that is reached through this machine has its stable URL from the start: an empty one answers 503 with Retry-After. What is live comes back by reconciliation. */
export async function listenEverywhere(world: World): Promise<void> {
  for (const environment of world.declaration().environments) {
    const runtime = world.runtime(environment.runtime);
    if (!runtime.isHere(environment) || (await addressOf(world, environment))) continue;
    await runtime.rest(environment, await world.engine.records.generation());
  }
}

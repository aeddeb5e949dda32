import type { DestroyRequest, DestroyResult } from '@soundbite/client';
import { type Environment, type Fence, SoundBiteError } from '@soundbite/model';
import { isReachable } from './reachable.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/** What taking an environment down needs of the world. */
export type DestroyWorld = Pick<World, 'clouds' | 'infrastructure' | 'runtime'>;

/**
 * Takes an environment away with all its data, once whoever asks has repeated its name. Errors: `not-confirmed`, `environment-busy`,
 * `destroy-failed`.
 */
export async function destroyEnvironment(
  world: Pick<World, 'declaration' | 'engine'>,
  name: string,
  { confirm, actor, idempotencyKey }: DestroyRequest,
): Promise<DestroyResult> {
  await environmentStanding(world, name);
  if (confirm !== name)
    throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
      hint: `type the name: soundbite destroy ${name}`,
    });
  await world.engine.destroy(name, actor, idempotencyKey);
  return { environment: name, destroyed: true };
}

/**
 * Its traffic and versions first, then stack and bootstrap, whatever somebody deleted of it before. May be begun again at any point. Errors:
 * `destroy-failed`.
 */
export async function takeDownEnvironment(world: DestroyWorld, environment: Environment, fence: Fence): Promise<void> {
  const { infrastructure } = world;
  const cloud = await world.clouds.of(environment);
  const stack = (await isReachable(cloud)) ? await infrastructure.state(environment, cloud) : null;
  await world.runtime(environment.runtime).takeDown({ environment, cloud }, stack?.outputs ?? null, fence);
  await infrastructure.destroy(environment, cloud);
  await cloud.checkpoint();
}

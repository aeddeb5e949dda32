import type { DestroyRequest, DestroyResult } from '@soundbite/client';
import { type Cloud, type Environment, type Fence, SoundBiteError, type StackState } from '@soundbite/model';
import { isReachable } from './reachable.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/** What taking an environment down needs of the world. */
export type DestroyWorld = Pick<World, 'clouds' | 'edge' | 'infrastructure' | 'runtime'>;

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
  await takeDown(world, environment, cloud, stack, fence);
  await infrastructure.destroy(environment, cloud);
  await cloud.checkpoint();
}

/** No traffic, no versions; the address on this machine says that the environment is empty. */
async function takeDown(
  { edge, runtime: runtimeOf }: DestroyWorld,
  environment: Environment,
  cloud: Cloud,
  stack: StackState | null,
  fence: Fence,
): Promise<void> {
  const runtime = runtimeOf(environment.runtime);
  const target = { environment, cloud, outputs: stack?.outputs ?? {} };
  // Processes are on this machine, whatever became of the stack.
  if (stack || environment.runtime === 'process') {
    await unlessGone(runtime.setWeights(target, [], 'back', fence));
    await unlessGone(runtime.retire(target, [], fence));
  }
  if (cloud.kind === 'real' && environment.runtime === 'aws') return;
  const { name, port } = environment;
  await edge.setRoute({ environment: name, port, generation: fence.generation, upstreams: [] });
}

/** From a function, alias or mapping that somebody deleted there is no traffic to take. */
async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ResourceNotFoundException') throw error;
  }
}

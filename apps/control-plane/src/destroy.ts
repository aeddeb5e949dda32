import type { DestroyResult } from '@soundbite/client';
import { type Cloud, type Environment, type Fence, SoundBiteError, type StackState } from '@soundbite/model';
import { isReachable } from './reachable.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What destroying an environment needs of the world. */
export type DestroyWorld = Pick<World, 'clouds' | 'declaration' | 'edge' | 'engine' | 'infrastructure' | 'runtime'>;

/**
 * Takes an environment away with all its data, whatever somebody deleted of it before: its traffic and versions first, then stack and bootstrap. It
 * may be run again at any point. Errors: `not-confirmed`, `environment-busy`, `destroy-failed`.
 */
export async function destroyEnvironment(world: DestroyWorld, name: string, confirm: string): Promise<DestroyResult> {
  const { engine, infrastructure } = world;
  const environment = environmentNamed(world.declaration(), name);
  if (confirm !== name)
    throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
      source: 'user',
      mend: `type the name: soundbite destroy ${name}`,
    });
  const busy = await engine.records.list({ environment: name, limit: 1, unfinished: true });
  if (busy[0])
    throw new SoundBiteError('environment-busy', `promotion ${busy[0].promotion} has ${name}`, {
      source: 'user',
      mend: 'wait for it, or soundbite abort it',
    });
  const cloud = await world.clouds.of(environment);
  const stack = (await isReachable(cloud)) ? await infrastructure.state(environment, cloud) : null;
  const fence = { owner: engine.installation, generation: await engine.records.generation() };
  await takeDown(world, environment, cloud, stack, fence);
  await infrastructure.destroy(environment, cloud);
  await cloud.checkpoint();
  await engine.records.forget(name);
  return { environment: name, destroyed: true };
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

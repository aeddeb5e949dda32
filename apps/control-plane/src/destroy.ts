import type { DestroyRequest, DestroyResult } from '@soundbite/client';
import { demandSharedDatabase, type Environment, type Fence, SoundBiteError } from '@soundbite/model';
import type { By } from './by.ts';
import { isReachable } from './reachable.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/** The parts of the world that destroying an environment needs. */
export type DestroyWorld = Pick<World, 'clouds' | 'infrastructure' | 'runtime'>;

/**
 * Destroys an environment with all its data, after the caller has repeated its name. `<name>@<home>`: what is recorded of an environment of another
 * home that is gone. Errors: `not-confirmed`, `environment-busy`, `environment-unknown`, `usage`, `destroy-failed`.
 */
export async function destroyEnvironment(
  world: Pick<World, 'declaration' | 'engine' | 'config'>,
  name: string,
  { confirm, actor, reason, idempotencyKey }: By<DestroyRequest>,
): Promise<DestroyResult> {
  const [environment = '', home] = name.split('@');
  if (home === undefined) demandSharedDatabase([await environmentStanding(world, name)], world.config.databaseUrl);
  if (confirm !== name)
    throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
      hint: `type the name: soundbite destroy ${name}`,
    });
  if (home === undefined) await world.engine.destroy(name, actor, idempotencyKey, reason);
  else await forget(world, { environment, home }, { actor, reason, key: idempotencyKey });
  return { environment: name, destroyed: true };
}

async function forget(
  { engine }: Pick<World, 'engine'>,
  { environment, home }: { readonly environment: string; readonly home: string },
  {
    actor,
    reason,
    key,
  }: { readonly actor: string; readonly reason?: string | undefined; readonly key?: string | undefined },
): Promise<void> {
  const name = `${environment}@${home}`;
  if (reason === undefined)
    throw new SoundBiteError('usage', `what is recorded of ${name} is forgotten for a reason only: it is recorded`, {
      hint: `soundbite destroy ${name} --reason "the laptop is gone"`,
    });
  await engine.forget(environment, home, { actor, reason }, key);
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

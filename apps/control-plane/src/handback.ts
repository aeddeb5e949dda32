import type { HandbackRequest, HandbackResult } from '@soundbite/client';
import { demandSharedDatabase, type Environment, type Fence, SoundBiteError } from '@soundbite/model';
import type { By } from './by.ts';
import type { DestroyWorld } from './destroy.ts';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

/**
 * Gives an environment's stacks back to `cdk deploy`, as they serve, after the caller has repeated its name. Errors: `not-confirmed`, `environment-busy`,
 * `environment-unknown`, `handback-refused`, `stack-missing`.
 */
export async function handBack(
  world: Pick<World, 'declaration' | 'engine' | 'config'>,
  name: string,
  { confirm, actor, reason, idempotencyKey }: By<HandbackRequest>,
): Promise<HandbackResult> {
  demandSharedDatabase([await environmentStanding(world, name)], world.config.databaseUrl);
  if (confirm !== name)
    throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, {
      hint: `type the name: soundbite handback ${name}`,
    });
  await world.engine.handBack(name, actor, idempotencyKey, reason);
  return { environment: name, handedBack: true };
}

/** Its stacks go on as they are, and say no more of a release. May be begun again at any point. */
export async function handBackEnvironment(
  { clouds, infrastructure, runtime }: DestroyWorld,
  environment: Environment,
  fence: Fence,
): Promise<void> {
  if (environment.runtime !== 'aws')
    throw new SoundBiteError(
      'handback-refused',
      `${environment.name} has no functions: no stack of it serves anybody`,
      {
        hint: `soundbite destroy ${environment.name}`,
      },
    );
  const cloud = await clouds.of(environment);
  await infrastructure.handBack(environment, cloud, fence);
  // Its own address says that it is empty: what it would lead to is not ours any more, and cdk deploy may take it away.
  await runtime(environment.runtime).rest(environment, fence.generation);
  await cloud.checkpoint();
}

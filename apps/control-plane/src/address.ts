import type { Address, Environment } from '@soundbite/model';
import type { World } from './world/world.ts';

type AddressWorld = Pick<World, 'infrastructure' | 'clouds' | 'runtime'>;

/** Where an environment is reached; null: nowhere yet. Errors: those of an account that has to be asked. */
export async function addressOf(world: AddressWorld, environment: Environment): Promise<Address | null> {
  const runtime = world.runtime(environment.runtime);
  // Where this machine gives the address, no account has to be asked, and none that is away stands in the way.
  if (runtime.isHere(environment)) return runtime.address(environment, null);
  const stack = await world.infrastructure.state(environment, await world.clouds.of(environment));
  return runtime.address(environment, stack?.outputs ?? null);
}

/** The address for people to read; null too where the account cannot be asked (no credentials, no shared database): `validate` says why. */
export const urlOf = async (world: AddressWorld, environment: Environment): Promise<string | null> =>
  (await addressOf(world, environment).catch(() => null))?.url ?? null;

import { type Address, type Environment, shownUrl } from '@soundbite/model';
import { type LookWorld, rememberedTarget } from './look-at.ts';
import type { World } from './world/world.ts';

/** Where an environment is reached; null: nowhere yet, or nothing speaks HTTP there. Errors: those of an account that has to be asked. */
export async function addressOf(world: LookWorld, environment: Environment): Promise<Address | null> {
  const runtime = world.runtime(environment.runtime);
  const outputs = async () => (await rememberedTarget(world, environment))?.outputs ?? null;
  // If this machine serves the address, an account that is away does not matter: it could only say that nothing speaks HTTP there.
  if (runtime.isHere(environment)) return runtime.address(environment, await outputs().catch(() => null));
  return runtime.address(environment, await outputs());
}

/** The address for people to read; null too where the account cannot be asked (no credentials, no shared database): `validate` says why. */
export async function environmentUrl(
  world: LookWorld & Pick<World, 'config'>,
  environment: Environment,
): Promise<string | null> {
  const address = await addressOf(world, environment).catch(() => null);
  return address && shownUrl(address.url, world.config.shownAddress);
}

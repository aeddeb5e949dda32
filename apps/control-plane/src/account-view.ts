import type { AccountView } from '@soundbite/client';
import { accountOf, type Environment, type RunningFunction, toErrorDocument } from '@soundbite/model';
import { environmentStanding } from './undeclared.ts';
import type { World } from './world/world.ts';

type Accounts = Pick<World, 'clouds' | 'infrastructure' | 'runtime'>;

/**
 * What an environment has in its account, with where AWS's console shows it, if the account is real. That its functions cannot be read hides nothing else. Errors:
 * `environment-unknown`.
 */
export async function accountView(world: World, name: string): Promise<AccountView> {
  const environment = await environmentStanding(world, name);
  const { functions, unknown } = await functionsOf(world, environment);
  return { ...accountOf(environment, functions), unknown };
}

interface Found {
  readonly functions: readonly RunningFunction[];
  readonly unknown: string | null;
}

async function functionsOf(world: Accounts, environment: Environment): Promise<Found> {
  const runtime = world.runtime(environment.runtime);
  if (!runtime.functions) return { functions: [], unknown: null };
  try {
    const cloud = await world.clouds.of(environment);
    const stack = await world.infrastructure.state(environment, cloud);
    if (!stack) return { functions: [], unknown: null };
    return { functions: await runtime.functions({ environment, cloud, outputs: stack.outputs }), unknown: null };
  } catch (error) {
    return { functions: [], unknown: toErrorDocument(error).message };
  }
}

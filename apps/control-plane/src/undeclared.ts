import type { FindingView } from '@soundbite/client';
import type { Environment } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

type Known = Pick<World, 'declaration' | 'engine'>;

/** Environments with promotions that are no longer declared: removed from environments.yaml, or renamed. */
export function undeclared({ declaration, engine }: Known): Promise<Environment[]> {
  return engine.records.undeclared(declaration().environments.map(({ name }) => name));
}

/** A declared environment, or one that still exists and is no longer declared. Errors: `environment-unknown`. */
export async function environmentStanding(world: Known, name: string): Promise<Environment> {
  const declared = world.declaration().environments.find((environment) => environment.name === name);
  if (declared) return declared;
  const left = (await undeclared(world)).find((environment) => environment.name === name);
  return left ?? environmentNamed(world.declaration(), name);
}

/** The finding about an environment that is no longer declared. */
export const undeclaredFinding = ({ name, cloud: { kind, account } }: Environment): FindingView => ({
  name: 'declaration',
  ok: false,
  detail: `${name} stands in ${kind} account ${account}, and environments.yaml no longer declares it`,
  hint: `declare it again, or soundbite destroy ${name}`,
});

import type { FreezeList, FreezeRequest } from '@soundbite/client';
import { mustBeAhead, SoundBiteError } from '@soundbite/model';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

/** What of a world freezes need. */
type FlowWorld = Pick<World, 'declaration'> & { readonly engine: Pick<World['engine'], 'records'> };

/** In force, newest first. Errors: `environment-unknown`. */
export async function freezes({ declaration, engine }: FlowWorld, name?: string): Promise<FreezeList> {
  if (name !== undefined) environmentNamed(declaration(), name);
  return { freezes: [...(await engine.records.freezes(name))] };
}

/** The freezes in force there afterwards. Errors: `environment-unknown`, `usage` where it would have ended, or lasts too long. */
export async function addFreeze(
  world: FlowWorld,
  name: string,
  { until, reason, idempotencyKey }: FreezeRequest,
  by: string,
): Promise<FreezeList> {
  environmentNamed(world.declaration(), name);
  mustBeAhead(until, Date.now());
  await world.engine.records.addFreeze({ environment: name, until, reason, by, idempotencyKey });
  return freezes(world, name);
}

/** The freezes still in force there. One that has ended already is no error. Errors: `freeze-unknown`. */
export async function removeFreeze({ engine }: FlowWorld, id: string, by: string): Promise<FreezeList> {
  const environment = await engine.records.removeFreeze(id, by);
  if (environment === null) throw new SoundBiteError('freeze-unknown', `there is no freeze ${id}`);
  return { freezes: [...(await engine.records.freezes(environment))] };
}

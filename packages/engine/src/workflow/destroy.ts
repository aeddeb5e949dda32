import { type Environment, type ErrorDocument, SoundBiteError, toErrorDocument } from '@soundbite/model';
import type { Departure } from '../departure.ts';
import type { PromotionPorts } from '../ports.ts';
import type { Records } from '../store/records.ts';
import type { WorkflowParts } from './begin.ts';
import { declared } from './run.ts';

/**
 * Destroys an environment, or hands it back, when its turn in the queue comes; nothing else acts on it meanwhile. Can be restarted at any point. Returns the error
 * that it ends with, as a value that survives the process; null: it is done.
 */
export async function destroy(
  { ports, records, locks, installation }: WorkflowParts,
  name: string,
  actor: string,
  idempotencyKey: string,
  // Those that were queued before there was another one name none.
  departure: Departure = 'destroyed',
): Promise<ErrorDocument | null> {
  try {
    await refuseBusy({ records, locks }, name);
    const environment = await standing(ports, records, name);
    const fence = { owner: installation, generation: await records.generation() };
    await (departure === 'destroyed' ? ports.takeDown(environment, fence) : ports.handBack(environment, fence));
    await records.within(environment).forget(name, actor, { key: idempotencyKey, departure });
    return null;
  } catch (error) {
    if (!(error instanceof SoundBiteError))
      ports.emit({ code: 'destroy-failed', message: `${name} is not gone`, error });
    return toErrorDocument(error);
  }
}

/** An environment as it is declared, or as it was declared for the last promotion there. Errors: `environment-unknown`. */
async function standing(ports: PromotionPorts, records: Records, name: string): Promise<Environment> {
  const names = ports.declaration().environments.map((environment) => environment.name);
  const left = (await records.undeclared(names)).find((environment) => environment.name === name);
  return left ?? declared(ports, name);
}

/** Nothing is under way there, waits for it, or will continue to it. Errors: `environment-busy`. */
export async function refuseBusy(
  { records, locks }: Pick<WorkflowParts, 'records' | 'locks'>,
  name: string,
): Promise<void> {
  const holder = await locks.holder(name);
  if (holder) throw busy(`${holder} has ${name}`, 'end it first');
  const [under] = await records.comingInto(name);
  if (under) throw busy(`promotion ${under} has ${name}, or goes on to it`, 'wait for it, or soundbite abort it');
}

const busy = (why: string, hint: string): SoundBiteError => new SoundBiteError('environment-busy', why, { hint });

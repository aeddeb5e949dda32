import { SoundBiteError } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { AliasTarget } from './alias.ts';
import type { Clients } from './clients.ts';
import type { Aliased } from './components.ts';
import { executedVersion } from './invoke.ts';

/** So many answers in a row of the wanted versions alone, spread over one look's time, and the alias counts as moved everywhere. */
const answersInARow = 5;
/** How long one answer may take, in ms: the start of a cold version included. */
const answerWithinMs = 15_000;

/**
 * Waits until only the wanted versions answer at the alias: UpdateAlias returns before all of AWS knows. An emulated account knows at once, so
 * nothing is asked there, and nothing of a function without an `event` that it answers without doing anything (null): the alias says where it points, and that is all.
 * Errors: `alias-unsettled` when another version still answers, or none, at the end of the time.
 */
export async function settled(
  clients: Clients,
  { functionName, alias }: Pick<Aliased, 'functionName' | 'alias'>,
  wanted: AliasTarget,
  event: unknown,
  withinMs: number,
): Promise<void> {
  if (clients.access.kind === 'emulated' || event === null) return;
  const versions = [wanted.version, ...(wanted.other ? [wanted.other.version] : [])];
  let inARow = 0;
  let last = 'nothing answered';
  let cause: unknown;
  const look = async () => {
    try {
      const version = await executedVersion(clients, functionName, alias, event, answerWithinMs);
      inARow = versions.includes(version) ? inARow + 1 : 0;
      last = `version ${version} answered`;
    } catch (error) {
      inARow = 0;
      last = error instanceof Error ? error.message : String(error);
      cause = error;
    }
    return inARow >= answersInARow ? true : undefined;
  };
  if (await poll(look, { everyMs: clients.everyMs / answersInARow, withinMs })) return;
  throw new SoundBiteError(
    'alias-unsettled',
    `${functionName}:${alias} does not answer with version ${versions.join(' and ')} alone after ${withinMs / 1000} s; at last: ${last}`,
    {
      cause,
      hint: `see: soundbite aws <environment> lambda get-alias --function-name ${functionName} --name ${alias}`,
    },
  );
}

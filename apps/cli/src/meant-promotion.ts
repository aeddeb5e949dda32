import type { Client, Why } from '@soundbite/client';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { usageError } from './exits.ts';

/** Of what is in an environment, or waits to enter it: which is meant, and the error where none is. */
export interface Meaning {
  readonly of: (why: Why) => readonly string[];
  readonly none: (environment: string) => SoundBiteError;
  /** The command, as people type it. */
  readonly command: string;
}

/** What waits to enter an environment, oldest first. */
export const waitingIn = ({ waits }: Why) => waits.filter(({ comesFrom }) => comesFrom === null);

/**
 * A promotion by its id, or by the environment that it alone is in. Nobody guesses which of several is meant. Errors: `usage` where there are several, that of
 * `none` where there is none.
 */
export async function meantPromotion(client: Client, which: string, meaning: Meaning): Promise<string> {
  const why = await client.why(which).catch((error: unknown) => {
    if (error instanceof SoundBiteError && error.code === 'environment-unknown') return null;
    throw error;
  });
  if (why === null) return which;
  const [found, ...more] = meaning.of(why);
  if (found === undefined) throw meaning.none(which);
  if (more.length > 0)
    throw usageError(
      `${more.length + 1} promotions wait in ${which}: ${[found, ...more].join(', ')}`,
      `soundbite ${meaning.command} <promotion>`,
    );
  return found;
}

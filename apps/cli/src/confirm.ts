import { createInterface } from 'node:readline';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Shell } from './shell.ts';

/** What a person says to a question on the terminal, trimmed; null where nobody can be asked (no terminal, or `--json`) or answers (Ctrl-D, a closed terminal). */
export async function ask({ host, json }: Shell, question: string): Promise<string | null> {
  const { stdin, stderr } = host;
  if (!stdin.isTTY || json) return null;
  stderr.write(question);
  const terminal = createInterface({ input: stdin });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  terminal.once('line', (line) => resolve(line.trim()));
  terminal.once('close', () => resolve(null));
  terminal.once('error', () => resolve(null));
  return promise.finally(() => terminal.close());
}

export const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer);

/** Nothing is touched that was not confirmed: exit 2. `mend` is the command that needs no answer. */
export const unconfirmed = (message: string, mend: string) =>
  new SoundBiteError('confirmation-missing', message, { source: 'user', mend });

import { createInterface } from 'node:readline/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Shell } from './shell.ts';

/** What a person says to a question on the terminal, trimmed; null where nobody can be asked (no terminal, or `--json`). */
export async function ask({ host, json }: Shell, question: string): Promise<string | null> {
  const { stdin, stderr } = host;
  if (!stdin.isTTY || json) return null;
  const terminal = createInterface({ input: stdin, output: stderr });
  return (await terminal.question(question).finally(() => terminal.close())).trim();
}

export const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer);

/** Nothing is touched that was not confirmed: exit 2. `mend` is the command that needs no answer. */
export const unconfirmed = (message: string, mend: string) =>
  new SoundBiteError('confirmation-missing', message, { source: 'user', mend });

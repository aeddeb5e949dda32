import { createInterface } from 'node:readline';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Options } from './command-entry.ts';
import type { Shell } from './shell.ts';

/** A person's answer on the terminal, trimmed; null without a terminal, with `--json`, or without an answer (Ctrl-D, a closed terminal). */
export async function askPerson({ host, json }: Shell, question: string): Promise<string | null> {
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

/** Nobody can be asked: exit 2. `hint` is the command that needs no answer. */
export const confirmationMissing = (what: string, hint: string) =>
  new SoundBiteError('confirmation-missing', `${what} needs confirmation, and there is no terminal to ask on`, {
    hint,
  });

/** The answer is not a yes: exit 2, and nothing was touched. The control plane's own refusal has the same code. */
export const notConfirmed = (why: string, hint: string) =>
  new SoundBiteError('not-confirmed', `${why}; nothing was changed`, { hint });

/** The action to confirm: `verb` is the command, `meaning` says in full sentences what it does. */
export interface Confirmation {
  readonly environment: { readonly name: string; readonly protected: boolean };
  readonly options: Options;
  readonly verb: string;
  readonly meaning: string;
}

/** Throws unless a person, or an option, said yes; for a protected environment the name itself is the yes. */
export async function confirmEnvironment(shell: Shell, { environment, options, verb, meaning }: Confirmation) {
  const { name } = environment;
  const hint = `soundbite ${verb} ${name} --confirm ${name}`;
  if (options.confirm !== undefined) {
    if (options.confirm === name) return;
    throw notConfirmed(`--confirm ${String(options.confirm)} is not ${name}`, hint);
  }
  if (options.yes === true && !environment.protected) return;
  const question = environment.protected ? 'Type its name to go on: ' : 'Go on? [y/N] ';
  const answer = await askPerson(shell, `${meaning} ${question}`);
  if (answer === null) throw confirmationMissing(`${verb} of ${name}`, hint);
  if (environment.protected ? answer !== name : !isYes(answer)) throw notConfirmed(`${name} was not confirmed`, hint);
}

import { createInterface } from 'node:readline/promises';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Options, Run } from '../catalogue.ts';
import { connectTo } from '../connection.ts';
import { readDeclaration } from '../declaration.ts';
import type { Shell } from '../shell.ts';

export const run: Run = async (shell, [name = ''], options) => {
  const { environments } = await readDeclaration(shell);
  const environment = environments.find((one) => one.name === name);
  if (!environment)
    throw new SoundBiteError('environment-unknown', `${name} is no declared environment`, { source: 'user' });
  await confirm(shell, name, environment.protected, options);
  const result = await connectTo(shell).destroy(name, name);
  return { document: result, text: `${name} is destroyed; to have it again: soundbite promote ${name}` };
};

/** Throws unless a person, or an option, said yes; for a protected environment the name itself is the yes. */
async function confirm(shell: Shell, name: string, isProtected: boolean, options: Options): Promise<void> {
  if (options.confirm !== undefined) {
    if (options.confirm === name) return;
    throw refusal(
      'confirmation-wrong',
      `--confirm ${String(options.confirm)} is not ${name}; nothing was touched`,
      name,
    );
  }
  if (options.yes === true && !isProtected) return;
  const { stdin, stderr } = shell.host;
  if (!stdin.isTTY || shell.json) {
    throw refusal('confirmation-missing', `destroying ${name} has to be confirmed, and nobody can be asked here`, name);
  }
  const terminal = createInterface({ input: stdin, output: stderr });
  const question = isProtected
    ? `This removes ${name} with all its data. Type its name to go on: `
    : `This removes ${name} with all its data. Go on? [y/N] `;
  const answer = await terminal.question(question).finally(() => terminal.close());
  const said = isProtected ? answer.trim() === name : /^y(es)?$/i.test(answer.trim());
  if (!said) throw refusal('confirmation-missing', `${name} was not confirmed; nothing was touched`, name);
}

const refusal = (code: string, message: string, name: string) =>
  new SoundBiteError(code, message, { source: 'user', mend: `soundbite destroy ${name} --confirm ${name}` });

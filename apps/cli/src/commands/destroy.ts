import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { Options, Run } from '../catalogue.ts';
import { ask, isYes, unconfirmed } from '../confirm.ts';
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
    throw new SoundBiteError(
      'confirmation-wrong',
      `--confirm ${String(options.confirm)} is not ${name}; nothing was touched`,
      { source: 'user', mend: mendOf(name) },
    );
  }
  if (options.yes === true && !isProtected) return;
  const question = isProtected
    ? `This removes ${name} with all its data. Type its name to go on: `
    : `This removes ${name} with all its data. Go on? [y/N] `;
  const answer = await ask(shell, question);
  const mend = mendOf(name);
  if (answer === null) throw unconfirmed(`destroying ${name} has to be confirmed, and nobody can be asked here`, mend);
  if (isProtected ? answer !== name : !isYes(answer))
    throw unconfirmed(`${name} was not confirmed; nothing was touched`, mend);
}

const mendOf = (name: string) => `soundbite destroy ${name} --confirm ${name}`;

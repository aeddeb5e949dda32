import { type Environment, SoundBiteError } from '@soundbite/model';
import type { CommandAction, Options } from '../command-entry.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';
import type { CommandResult, Shell } from '../shell.ts';

export const run: CommandAction = async (shell, [name = ''], options) => {
  const reason = typeof options.reason === 'string' ? options.reason : undefined;
  if (name.includes('@')) return forget(shell, name, reason, options);
  const environment = await standing(shell, name);
  const meaning = `This removes ${name} with all its data.`;
  await confirmEnvironment(shell, { environment, options, verb: 'destroy', meaning });
  const result = await connectTo(shell).destroy(name, name, reason);
  return { document: result, text: `${name} is destroyed; to create it again: soundbite promote ${name}` };
};

/** An environment of another home that is gone, `<name>@<home>`: what is recorded of it is forgotten. */
async function forget(
  shell: Shell,
  name: string,
  reason: string | undefined,
  options: Options,
): Promise<CommandResult> {
  if (reason === undefined)
    throw new SoundBiteError('usage', '--reason is required: it is recorded', {
      hint: `soundbite destroy ${name} --reason "the laptop is gone"`,
    });
  const [environment = '', home = ''] = name.split('@');
  const meaning = `This removes the records of ${environment} of home ${home} and ends its promotions; nothing changes on that machine.`;
  await confirmEnvironment(shell, { environment: { name, protected: false }, options, verb: 'destroy', meaning });
  const result = await connectTo(shell).destroy(name, name, reason);
  return { document: result, text: `the records of ${name} are removed` };
}

/** As declared; if no longer declared, as the control plane recorded it. */
async function standing(shell: Shell, name: string): Promise<Environment> {
  try {
    return await declaredEnvironment(shell, name);
  } catch (error) {
    if (!(error instanceof SoundBiteError) || error.code !== 'environment-unknown') throw error;
    const recorded = await connectTo(shell)
      .environment(name)
      .catch(() => null);
    if (recorded) return recorded.declaration;
    throw error;
  }
}

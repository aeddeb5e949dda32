import { type Environment, SoundBiteError } from '@soundbite/model';
import type { Run } from '../catalogue.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';
import type { Shell } from '../shell.ts';

export const run: Run = async (shell, [name = ''], options) => {
  const environment = await standing(shell, name);
  const meaning = `This removes ${name} with all its data.`;
  await confirmEnvironment(shell, { environment, options, verb: 'destroy', meaning });
  const result = await connectTo(shell).destroy(name, name);
  return { document: result, text: `${name} is destroyed; to have it again: soundbite promote ${name}` };
};

/** As it is declared; one that is declared no more, as the control plane has it on record. */
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

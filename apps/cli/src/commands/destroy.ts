import type { Run } from '../catalogue.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';

export const run: Run = async (shell, [name = ''], options) => {
  const environment = await declaredEnvironment(shell, name);
  const meaning = `This removes ${name} with all its data.`;
  await confirmEnvironment(shell, { environment, options, verb: 'destroy', meaning });
  const result = await connectTo(shell).destroy(name, name);
  return { document: result, text: `${name} is destroyed; to have it again: soundbite promote ${name}` };
};

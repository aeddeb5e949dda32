import type { CommandAction } from '../command-entry.ts';
import { confirmEnvironment } from '../confirm.ts';
import { connectTo } from '../connection.ts';
import { declaredEnvironment } from '../declaration.ts';

export const run: CommandAction = async (shell, [name = ''], options) => {
  const environment = await declaredEnvironment(shell, name);
  const meaning = `The stacks of ${name} go on as they are, with their data; SoundBite promotes into them no more, and cdk deploy may.`;
  await confirmEnvironment(shell, { environment, options, verb: 'handback', meaning });
  const reason = typeof options.reason === 'string' ? options.reason : undefined;
  const result = await connectTo(shell).handBack(name, name, reason);
  return {
    document: result,
    text: `${name} is handed back: cdk deploy works there again; to take it over once more: soundbite adopt ${name}`,
  };
};

import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment = '']) => {
  shell.progress.line(`bootstrapping ${environment}`);
  const result = await connectTo(shell).bootstrap(environment);
  return {
    document: result,
    text: `${environment} ${result.changed ? 'is bootstrapped now' : 'was bootstrapped already; nothing changed'}`,
  };
};

import { holdListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment = ''], { hold }) => {
  const list = await connectTo(shell).resume(environment, typeof hold === 'string' ? hold : undefined);
  return { document: list, text: holdListReport(list.holds, shell.paint) };
};

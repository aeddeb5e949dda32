import { whyReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment = '']) => {
  const why = await connectTo(shell).why(environment);
  return { document: why, text: whyReport(why, shell.paint) };
};

import { taintListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment]) => {
  const list = await connectTo(shell).taints(environment);
  return { document: list, text: taintListReport(list.taints, shell.paint) };
};

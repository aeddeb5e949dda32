import { freezeListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment]) => {
  const list = await connectTo(shell).freezes(environment);
  return { document: list, text: freezeListReport(list.freezes, shell.paint) };
};

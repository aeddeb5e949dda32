import { freezeListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [freeze = '']) => {
  const list = await connectTo(shell).removeFreeze(freeze);
  return { document: list, text: freezeListReport(list.freezes, shell.paint) };
};

import { releasesReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell) => {
  const list = await connectTo(shell).releases();
  return { document: list, text: releasesReport(list, shell.paint) };
};

import { releasesReport } from '@soundbite/reports';
import type { Run } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: Run = async (shell) => {
  const list = await connectTo(shell).releases();
  return { document: list, text: releasesReport(list, shell.paint) };
};

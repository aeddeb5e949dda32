import { trafficReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, [environment]) => {
  const list = await connectTo(shell).traffic(environment === undefined ? {} : { environment });
  return { document: list, text: trafficReport(list.environments, shell.paint) };
};

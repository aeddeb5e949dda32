import { tokenListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell) => {
  const list = await connectTo(shell).tokens();
  return { document: list, text: tokenListReport(list.tokens, Date.now(), shell.paint) };
};

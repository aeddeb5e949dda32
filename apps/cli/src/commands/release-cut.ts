import { resolve } from 'node:path';
import { cutReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';

export const run: CommandAction = async (shell, _args, { source }) => {
  const directory = typeof source === 'string' ? resolve(shell.host.cwd(), source) : undefined;
  const cut = await connectTo(shell).cut(directory);
  return { document: cut, text: cutReport(cut) };
};

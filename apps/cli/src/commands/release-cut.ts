import { resolve } from 'node:path';
import { cutReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { cutOriginOf } from '../cut-origin.ts';

export const run: CommandAction = async (shell, _args, { source, label }) => {
  const directory = typeof source === 'string' ? resolve(shell.host.cwd(), source) : undefined;
  const origin = cutOriginOf(shell, label);
  const cut = await connectTo(shell).cut({ ...origin, ...(directory === undefined ? {} : { source: directory }) });
  return { document: cut, text: cutReport(cut) };
};

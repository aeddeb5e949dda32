import { accessReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';

export const run: CommandAction = async (shell, _args, { actor, refused, limit = '100' }) => {
  if (typeof limit !== 'string' || !/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > 1000)
    throw usageError(`--limit ${String(limit)} is not between 1 and 1000`, 'soundbite audit --help');
  const list = await connectTo(shell).accesses({
    ...(typeof actor === 'string' ? { actor } : {}),
    ...(refused === true ? { refused } : {}),
    limit: Number(limit),
  });
  return { document: list, text: accessReport(list.accesses, shell.paint) };
};

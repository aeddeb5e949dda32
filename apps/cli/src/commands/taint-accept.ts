import { taintListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';

export const run: CommandAction = async (shell, [environment = ''], { reason, taint }) => {
  if (typeof reason !== 'string' || !reason.trim()) throw usageError('who accepts it says why', 'add --reason "why"');
  const one = typeof taint === 'string' ? { taint } : {};
  const list = await connectTo(shell).acceptTaints(environment, { reason, ...one });
  return { document: list, text: taintListReport(list.taints, shell.paint) };
};

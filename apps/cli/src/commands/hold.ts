import { HoldScope } from '@soundbite/model/flow/hold.ts';
import { holdListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { timeAhead } from '../time-ahead.ts';

export const run: CommandAction = async (shell, [environment = ''], { reason, scope: typed, until }) => {
  if (typeof reason !== 'string' || !reason.trim()) throw usageError('a hold has a reason', 'add --reason "why"');
  const scope = HoldScope.safeParse(typed ?? 'all');
  if (!scope.success)
    throw usageError(`--scope ${String(typed)} is no scope of a hold`, `use ${HoldScope.options.join(', ')}`);
  const end = typeof until === 'string' ? { until: timeAhead('--until', until, Date.now()) } : {};
  const list = await connectTo(shell).hold(environment, { reason, scope: scope.data, ...end });
  return { document: list, text: holdListReport(list.holds, shell.paint) };
};

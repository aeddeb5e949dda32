import { freezeListReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { timeAhead } from '../time-ahead.ts';

export const run: CommandAction = async (shell, [environment = ''], { until, reason }) => {
  if (typeof until !== 'string')
    throw usageError('a freeze has an end', 'add --until 2h, or --until 2026-12-01T08:00Z');
  if (typeof reason !== 'string' || !reason.trim()) throw usageError('a freeze has a reason', 'add --reason "why"');
  const list = await connectTo(shell).freeze(environment, { until: timeAhead('--until', until, Date.now()), reason });
  return { document: list, text: freezeListReport(list.freezes, shell.paint) };
};

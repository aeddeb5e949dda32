import { diffReport } from '@soundbite/reports';
import type { CommandAction } from '../command-entry.ts';
import { connectTo } from '../connection.ts';
import { usageError } from '../exits.ts';
import { timeBehind } from '../time-behind.ts';

/** `staging`, or `staging@<time>`. */
function endOf(typed: string, now: number): { readonly name: string; readonly at?: string } {
  const [name = '', ...time] = typed.split('@');
  return time.length === 0 ? { name } : { name, at: timeBehind(typed, time.join('@'), now) };
}

export const run: CommandAction = async (shell, args) => {
  const now = Date.now();
  const [first = '', second] = args as readonly (string | undefined)[];
  const from = endOf(first, now);
  if (second === undefined && from.at === undefined)
    throw usageError(
      `${first} alone is compared with nothing`,
      `name another environment, or a time: soundbite diff ${first}@2d`,
    );
  const to = second === undefined ? { name: from.name } : endOf(second, now);
  const diff = await connectTo(shell).diff({
    from: from.name,
    to: to.name,
    ...(from.at === undefined ? {} : { fromAt: from.at }),
    ...(to.at === undefined ? {} : { toAt: to.at }),
  });
  return { document: diff, text: diffReport(diff, shell.paint) };
};

import { type Freeze, freezeText } from '@soundbite/model/flow/freeze.ts';
import { instant, type Paint, plain, printable, table } from './text.ts';

/** Freezes in force, as the commands of `freeze` show them. */
export function freezeListReport(freezes: readonly Freeze[], paint: Paint = plain): string {
  if (freezes.length === 0) return 'nothing is frozen';
  const rows = freezes.map(({ environment, from, until, by, reason, id }) => [
    environment,
    instant(from),
    instant(until),
    by,
    reason,
    id,
  ]);
  return table(['environment', 'from (UTC)', 'until (UTC)', 'by', 'reason', 'freeze'], rows, paint);
}

/** What keeps releases from entering an environment, one line each, for its status. */
export const keptLines = ({ freezes = [] }: { readonly freezes?: readonly Freeze[] }): string[] =>
  freezes.map((freeze) => printable(freezeText(freeze)));

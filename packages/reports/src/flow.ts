import { type Block, blockText } from '@soundbite/model/flow/block.ts';
import { type Freeze, freezeText } from '@soundbite/model/flow/freeze.ts';
import { type BrokenGlass, glassText } from '@soundbite/model/flow/glass.ts';
import { type Hold, holdText } from '@soundbite/model/flow/hold.ts';
import { type Taint, taintText } from '@soundbite/model/flow/taint.ts';
import { instant, type Paint, plain, printable, short, table } from './text.ts';

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

/** Holds in force of one environment, as `hold` and `resume` show them. */
export function holdListReport(holds: readonly Hold[], paint: Paint = plain): string {
  if (holds.length === 0) return 'nothing is held';
  const rows = holds.map(({ environment, scope, until, by, reason, id }) => [
    environment,
    scope,
    until === null ? '-' : instant(until),
    by,
    reason,
    id,
  ]);
  return table(['environment', 'waits', 'until (UTC)', 'by', 'reason', 'hold'], rows, paint);
}

/** How environments were changed outside of promotions, as the commands of `taint` show it. */
export function taintListReport(taints: readonly Taint[], paint: Paint = plain): string {
  if (taints.length === 0) return 'nothing was changed outside of promotions';
  const rows = taints.map(({ environment, why, since, findings, ended, endedAs, by, reason, id }) => [
    environment,
    why,
    instant(since),
    findings.join('; '),
    ended === null ? 'open' : `${endedAs} by ${by} at ${instant(ended)}${reason === null ? '' : ` (${reason})`}`,
    id,
  ]);
  return table(['environment', 'why', 'since (UTC)', 'what', 'end (UTC)', 'taint'], rows, paint);
}

interface Kept {
  readonly freezes?: readonly Freeze[];
  readonly holds?: readonly Hold[];
  readonly blocked?: Block | null;
  readonly glass?: readonly BrokenGlass[];
  readonly taints?: readonly Taint[];
}

/** What keeps releases from entering an environment, who went past that, and how it was changed besides, one line each, for its status. */
export const keptLines = ({ freezes = [], holds = [], blocked = null, glass = [], taints = [] }: Kept): string[] =>
  [
    ...freezes.map(freezeText),
    ...holds.map(holdText),
    ...(blocked ? [blockText(blocked)] : []),
    ...glass.map(glassText),
    ...taints.map(taintText),
  ].map(printable);

/** The answer of `block` and `unblock`. */
export const blockReport = (block: Block): string =>
  block.blocked ? printable(blockText(block)) : `${short(block.release)} is not blocked`;

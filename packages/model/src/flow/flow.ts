import type { GateRecord } from '../gates/record.ts';
import { type Block, blockText } from './block.ts';
import { type Freeze, freezesAt, freezeText } from './freeze.ts';
import type { BrokenGlass } from './glass.ts';
import { type Entering, type Hold, holdsOn, holdText } from './hold.ts';
import { type FedFrom, type Taint, taintsOn, taintText } from './taint.ts';

/** What acts on everything that wants to enter an environment, whatever its gates are. */
export interface Acting {
  readonly freezes: readonly Freeze[];
  readonly holds: readonly Hold[];
  /** Of the release; null: nobody ever blocked it. */
  readonly block: Block | null;
  /** Of the last day, newest first: it keeps nothing, and is shown. */
  readonly glass: readonly BrokenGlass[];
  /** Open ones of the environment itself, newest first: they keep nothing out of it, and are shown. */
  readonly taints: readonly Taint[];
  /** The environment before it; null: there is none. */
  readonly before: FedFrom | null;
}

/**
 * What says no for now, in the form in which gates say it. Nothing: nothing acts. `now`: ms since 1970. A broken glass ends no block: that is of the
 * release, wherever it goes.
 */
export function decideFlow(
  { freezes, holds, block, before }: Omit<Acting, 'glass' | 'taints'>,
  entering: Entering,
  now: number,
): readonly GateRecord[] {
  const { glass = null } = entering;
  const waits = [
    ...waiting('freeze', freezesAt(freezes, now), freezeText),
    ...waiting('hold', holdsOn(holds, entering, now), holdText),
    ...waiting('taint', taintsOn(before, entering).map(endless), taintText),
  ];
  return [
    ...(block?.blocked && !entering.isLiveHere ? [blocked(block)] : []),
    ...(glass === null ? waits : waits.map((one) => broken(one, glass))),
  ];
}

const endless = (one: Taint) => ({ ...one, until: null });

const broken = (one: GateRecord, glass: string): GateRecord => ({
  ...one,
  ...{ verdict: 'overridden', reasons: [...one.reasons, glass], until: null },
});

/** Where it is live it stays, and may be restored. */
const blocked = (block: Block): GateRecord => ({
  ...{ gate: 'block', moment: 'entry', verdict: 'fail', reasons: [blockText(block)], until: null, seconds: null },
});

/** Several end with the last one. */
function waiting<One extends { readonly until: string | null }>(
  gate: string,
  all: readonly One[],
  text: (one: One) => string,
): readonly GateRecord[] {
  if (all.length === 0) return [];
  const ends = all.flatMap(({ until }) => (until === null ? [] : [until]));
  const last = ends.toSorted((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  const until = ends.length < all.length ? null : last;
  return [{ gate, moment: 'entry', verdict: 'wait', reasons: all.map(text), until, seconds: null }];
}

import type { GateRecord } from '../gates/record.ts';
import type { PromotionView } from '../promotion.ts';
import { type TimelineEntry, timelineEntry } from './entry.ts';
import { secondsBetween } from './spans.ts';

/** A promotion as it was seen while it waited, from then on until the next look. */
export interface WaitingLook {
  readonly at: string;
  /** Null: it was not let in. */
  readonly admission: string | null;
  readonly reason: string | null;
  readonly gates: readonly GateRecord[];
}

interface WaitFacts {
  readonly view: PromotionView;
  /** Null: it was not let in, or that was not recorded then. */
  readonly admittedAt: string | null;
  /** In order. */
  readonly looks: readonly WaitingLook[];
}

export const isOfEntry = ({ moment }: GateRecord): boolean => moment === 'entry';

/** The gates that keep it out. */
const keeping = (gates: readonly GateRecord[]): GateRecord[] =>
  gates.filter((one) => isOfEntry(one) && (one.verdict === 'wait' || one.verdict === 'errored'));

/** A time in which it waited for the same. */
interface Stretch {
  readonly from: string;
  /** Null: it lasts. */
  readonly to: string | null;
  /** As it was seen first, and last. */
  readonly first: WaitingLook;
  readonly last: WaitingLook;
  /** What was said last of why. */
  readonly reason: string | null;
}

/** For what a promotion waited, one after the other; when it was let in, and then waited for its turn. */
export function waitEntries(facts: WaitFacts): TimelineEntry[] {
  const { view, admittedAt } = facts;
  const stretches = stretchesOf(facts);
  const wasLetIn = view.admission !== null || view.beganAt !== null;
  // It is of the time when nobody recorded what a promotion waited for, or why it was let in.
  const isUnseen = wasLetIn && stretches.every(({ first }) => first.admission === null);
  const at = view.admission === null ? null : admittedAt;
  const letIn = timelineEntry('admitted', at, { reason: view.admission, gates: view.gates.filter(isOfEntry) });
  return [
    ...stretches.flatMap((one) => (one.first.admission === null ? waitEntry(one) : turnEntries(one))),
    ...(isUnseen ? [letIn] : []),
  ];
}

/** Until it is decided on for the first time it waits for nothing, unless nobody decides. */
function waitEntry({ from, to, last, reason }: Stretch): TimelineEntry[] {
  const gates = keeping(last.gates);
  const saysNothing = reason === null && gates.length === 0;
  if (saysNothing && to !== null) return [];
  return [timelineEntry('wait', from, { seconds: secondsBetween(from, to), reason, gates })];
}

const turnEntries = ({ from, to, first, reason }: Stretch): TimelineEntry[] => [
  timelineEntry('admitted', from, { reason: first.admission, gates: first.gates.filter(isOfEntry) }),
  timelineEntry('turn', from, { seconds: secondsBetween(from, to), reason }),
];

function stretchesOf({ looks, view }: WaitFacts): Stretch[] {
  const found: { readonly first: WaitingLook; last: WaitingLook; reason: string | null }[] = [];
  for (const seen of looks) {
    const open = found.at(-1);
    const look = open && isTakenBack(open, seen) ? { ...seen, reason: null } : seen;
    if (open && cause(open.last) === cause(look))
      Object.assign(open, { last: look, reason: look.reason ?? open.reason });
    else found.push({ first: look, last: look, reason: look.reason });
  }
  const end = view.beganAt ?? view.finishedAt;
  return found.map((one, index) => ({ ...one, from: one.first.at, to: found[index + 1]?.first.at ?? end }));
}

/** Something came between while it waited for its turn: what it waited for before is no reason any more. */
const isTakenBack = (open: Pick<Stretch, 'last' | 'reason'>, look: WaitingLook): boolean =>
  open.last.admission !== null && look.admission === null && look.reason === open.reason;

/** Gates count in their reasons how much is still missing: it is the same wait. */
function cause({ admission, gates, reason }: WaitingLook): string {
  if (admission !== null) return 'its turn';
  const kept = keeping(gates);
  return kept.length > 0 ? kept.map(({ gate }) => `gate ${gate}`).join() : `reason ${reason ?? ''}`;
}

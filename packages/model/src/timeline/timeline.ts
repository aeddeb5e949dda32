import type { Approval } from '../people/approval.ts';
import type { PromotionView, StepState } from '../promotion.ts';
import { stackFailuresIn } from '../stacks/failures.ts';
import { type TimelineEntry, timelineEntry, timelineEvents } from './entry.ts';
import { isOfEntry, type WaitingLook, waitEntries } from './waits.ts';

/** All that is recorded of the course of a promotion. Times in ISO 8601. */
export interface TimelineFacts {
  readonly view: PromotionView;
  /** Null: it was not let in, or that was not recorded then. */
  readonly admittedAt: string | null;
  /** In order. */
  readonly looks: readonly WaitingLook[];
  /** In order; seconds null: it has not ended. */
  readonly steps: readonly StepOnRecord[];
  /** All that people said, in order. */
  readonly words: readonly Approval[];
  /** What else was said of it, once each. */
  readonly said: readonly {
    readonly what: 'stop-asked' | 'broken' | 'given-up';
    readonly at: string;
    readonly reason: string;
    /** Null: nobody in particular, or that was not recorded then. */
    readonly by: string | null;
  }[];
}

interface StepOnRecord {
  readonly name: PromotionView['steps'][number]['name'];
  readonly state: StepState;
  readonly detail: string | null;
  readonly attempts: number;
  readonly at: string;
  readonly seconds: number | null;
  /** Of one that ended; absent or null: none is recorded. */
  readonly evidence?: unknown;
}

/**
 * What happened to a promotion, in order of time: waits apart from work, each with what was said then. Where a clock was put back, in the order in which
 * it came, as far as that is known.
 */
export function timelineOf(facts: TimelineFacts): TimelineEntry[] {
  const { view, words, steps, said } = facts;
  const { createdAt, actor, asked } = view;
  const waitsAndSteps = [...waitEntries(facts), ...steps.map((step) => stepEntry(view, step))];
  const between = [
    ...placed(view, words.map(wordEntry)),
    ...placed(view, waitsAndSteps),
    ...said.flatMap((one) => placed(view, [timelineEntry(one.what, one.at, { by: one.by, reason: one.reason })])),
  ];
  return [
    timelineEntry('asked', createdAt, { by: actor, reason: asked.reason }),
    ...between.toSorted(({ place: one }, { place: other }) => compared(one, other)).map(({ entry }) => entry),
    ...(view.finishedAt === null ? [] : [endEntry(view, view.finishedAt)]),
  ];
}

/** Where an entry stands among others: its time (ms since 1970), and its rank at that time. */
type Place = readonly [time: number, rank: number];

const compared = ([time, rank]: Place, [otherTime, otherRank]: Place): number => time - otherTime || rank - otherRank;

/** What is known in its order keeps it, also where a clock was put back: nothing stands before what came before it. */
function placed(view: PromotionView, inOrder: readonly TimelineEntry[]) {
  let latest: Place = [0, 0];
  return inOrder.map((entry) => {
    const own = placeOf(view, entry);
    if (compared(own, latest) > 0) latest = own;
    return { entry, place: latest };
  });
}

/** What has no time of its own let in the first step. */
const placeOf = ({ beganAt, createdAt }: PromotionView, { at, what }: TimelineEntry): Place => [
  Date.parse(at ?? beganAt ?? createdAt),
  timelineEvents.indexOf(what),
];

const wordEntry = ({ at, person, role, verdict, reason }: Approval): TimelineEntry =>
  timelineEntry('word', at, { by: person, reason, role, verdict });

function stepEntry(view: PromotionView, step: StepOnRecord): TimelineEntry {
  const { name, state, detail, attempts, at, seconds, evidence } = step;
  const gates = view.gates.filter((one) => one.gate === name && !isOfEntry(one));
  const stackFailures = stackFailuresIn(evidence);
  return timelineEntry('step', at, {
    ...{ seconds, reason: detail, gates, step: { name, state, attempts } },
    ...(stackFailures && { stackFailures }),
  });
}

/** What was never let in says what its gates said last. */
const endEntry = ({ state, reason, admission, gates }: PromotionView, finishedAt: string): TimelineEntry =>
  timelineEntry('ended', finishedAt, { state, reason, gates: admission === null ? gates.filter(isOfEntry) : [] });

import type { Approval } from '../people/approval.ts';
import type { PromotionView, StepState } from '../promotion.ts';
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
  }[];
}

interface StepOnRecord {
  readonly name: PromotionView['steps'][number]['name'];
  readonly state: StepState;
  readonly detail: string | null;
  readonly attempts: number;
  readonly at: string;
  readonly seconds: number | null;
}

/** What happened to a promotion, in order of time: waits apart from work, each with what was said then. */
export function timelineOf(facts: TimelineFacts): TimelineEntry[] {
  const { view, words, steps, said } = facts;
  const { createdAt, actor, asked } = view;
  const between = [
    ...words.map(wordEntry),
    ...waitEntries(facts),
    ...steps.map((step) => stepEntry(view, step)),
    ...said.map((one) => timelineEntry(one.what, one.at, { reason: one.reason })),
  ];
  return [
    timelineEntry('asked', createdAt, { by: actor, reason: asked.reason }),
    ...between.toSorted((one, other) => orderIn(view, one) - orderIn(view, other) || rank(one) - rank(other)),
    ...(view.finishedAt === null ? [] : [endEntry(view, view.finishedAt)]),
  ];
}

/** What has no time of its own let in the first step. */
const orderIn = ({ beganAt, createdAt }: PromotionView, { at }: TimelineEntry): number =>
  Date.parse(at ?? beganAt ?? createdAt);

const rank = ({ what }: TimelineEntry): number => timelineEvents.indexOf(what);

const wordEntry = ({ at, person, role, verdict, reason }: Approval): TimelineEntry =>
  timelineEntry('word', at, { by: person, reason, role, verdict });

function stepEntry(view: PromotionView, { name, state, detail, attempts, at, seconds }: StepOnRecord): TimelineEntry {
  const gates = view.gates.filter((one) => one.gate === name && !isOfEntry(one));
  return timelineEntry('step', at, { seconds, reason: detail, gates, step: { name, state, attempts } });
}

/** What was never let in says what its gates said last. */
const endEntry = ({ state, reason, admission, gates }: PromotionView, finishedAt: string): TimelineEntry =>
  timelineEntry('ended', finishedAt, { state, reason, gates: admission === null ? gates.filter(isOfEntry) : [] });

import { z } from 'zod';
import { GateRecord } from '../gates/record.ts';
import { ApprovalRequest } from '../people/approval.ts';
import { Role } from '../people/roles.ts';
import { PromotionState, StepState, stepNames } from '../promotion.ts';
import { StackFailures } from '../stacks/failures.ts';

/**
 * What may happen to a promotion, in the order in which it would at one moment. wait: it was asked to wait for something; turn: it was let in, and waits
 * for its first step.
 */
export const timelineEvents = [
  'asked',
  'word',
  'wait',
  'admitted',
  'turn',
  'step',
  'stop-asked',
  'broken',
  'given-up',
  'ended',
] as const;

/** Something that happened to a promotion. */
export const TimelineEntry = z.object({
  what: z.enum(timelineEvents),
  /** When it was, or began (ISO 8601); null: that was not recorded then. */
  at: z.string().nullable(),
  /** How long a wait, a turn or a step took; null: it has not ended. */
  seconds: z.number().nullable(),
  /** Who asked for the promotion or for its end, or said yes or no; null: nobody in particular, or that is not recorded. */
  by: z.string().nullable(),
  /** What was said of it: why it was asked for, what it waited for, why it was let in, what a step did. */
  reason: z.string().nullable(),
  /** What gates said: those that it waited for, those of its entry where it was let in or refused, that of a step. */
  gates: z.array(GateRecord),
  /** Of a word. */
  role: Role.optional(),
  verdict: ApprovalRequest.shape.verdict.optional(),
  /** Of a step; `attempts`: how often it was begun, more than once after a crash. */
  step: z.object({ name: z.enum(stepNames), state: StepState, attempts: z.int() }).optional(),
  /** Of a step: what failed in its stacks. */
  stackFailures: StackFailures.optional(),
  /** Of the end. */
  state: PromotionState.optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** An entry of which nothing else is known. */
export const timelineEntry = (
  what: TimelineEntry['what'],
  at: string | null,
  more: Partial<TimelineEntry>,
): TimelineEntry => ({
  ...{ what, at, seconds: null, by: null, reason: null, gates: [] },
  ...more,
});

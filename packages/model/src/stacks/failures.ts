import { z } from 'zod';
import { cutText } from '../foreign-text.ts';

/** What CloudFormation said of a resource that it could not make, change or remove. */
export const StackFailure = z.object({
  /** The stack's name, and its ARN: a stack that is gone is found by that alone. */
  stack: z.string(),
  arn: z.string(),
  /** Logical id, as the stack's template has it; CloudFormation's type, e.g. AWS::Lambda::Function. */
  id: z.string(),
  type: z.string(),
  /** CloudFormation's, e.g. UPDATE_FAILED. */
  status: z.string(),
  reason: z.string().nullable(),
  /** ISO 8601. */
  at: z.string(),
  /** It was only cancelled, because another one failed. */
  cancelled: z.boolean(),
});
export type StackFailure = z.infer<typeof StackFailure>;

/** What failed in a stack, in order of time: first the causes, then what was cancelled because of them. `leftOut`: how many more there were. */
export const StackFailures = z.object({ failures: z.array(StackFailure), leftOut: z.int().min(0) });
export type StackFailures = z.infer<typeof StackFailures>;

/** What is kept: a stack may have 500 resources, each of which is cancelled when one fails. */
const mostFailures = 40;
/** In code points; CloudFormation's own limit is above it. */
const longestReason = 2000;

/** Of failures in order of time, what is recorded. */
export function stackFailuresOf(inOrder: readonly StackFailure[]): StackFailures {
  const sorted = [...inOrder.filter((one) => !one.cancelled), ...inOrder.filter((one) => one.cancelled)];
  const failures = sorted
    .slice(0, mostFailures)
    .map((one) => ({ ...one, reason: one.reason && cutText(one.reason, longestReason) }));
  return { failures, leftOut: sorted.length - failures.length };
}

/** In the evidence of a step; undefined: it has none, or in a form of another version. */
export const stackFailuresIn = (evidence: unknown): StackFailures | undefined => StackFailures.safeParse(evidence).data;

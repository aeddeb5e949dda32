import { z } from 'zod';
import { triggerKinds } from './trigger-kinds.ts';

const Where = z.strictObject({
  /** The template's file. */
  file: z.string(),
  line: z.number().int().nullable(),
  /** Where the source makes it, `infra/app.ts:24`. */
  source: z.string().nullable(),
});
export type Where = z.infer<typeof Where>;

/** What calls a function. */
export const InspectedTrigger = z.strictObject({
  kind: z.enum(Object.keys(triggerKinds) as [keyof typeof triggerKinds, ...(keyof typeof triggerKinds)[]]),
  /** Construct path, `OrdersApi/Worker/SqsEventSource`. */
  path: z.string(),
  id: z.string(),
  /** What it calls now: the function itself, or the alias or version of that name. */
  calls: z.string(),
  verdict: z.enum(['moves', 'stays', 'refused']),
  reason: z.string(),
  where: Where,
});
export type InspectedTrigger = z.infer<typeof InspectedTrigger>;

/** A function that traffic could be moved for, version by version. */
export const InspectedFunction = z.strictObject({
  stack: z.string(),
  path: z.string(),
  id: z.string(),
  /** `nodejs22.x`; null: a container image has its own. */
  runtime: z.string().nullable(),
  /** How it is shipped. */
  package: z.enum(['zip', 'image']),
  triggers: z.array(InspectedTrigger),
  /** Whether it can be promoted by what it is and what calls it; what the whole assembly lacks stands in `problems`. */
  promotable: z.boolean(),
  /** Why not, beside refused triggers; a sentence each. */
  prevents: z.array(z.string()),
  /** What else to know; a sentence each. */
  notes: z.array(z.string()),
  where: Where,
});
export type InspectedFunction = z.infer<typeof InspectedFunction>;

/** What prevents the delivery of the whole app. */
export const InspectedProblem = z.strictObject({ message: z.string(), hint: z.string(), where: Where.nullable() });
export type InspectedProblem = z.infer<typeof InspectedProblem>;

/** `soundbite inspect --json`: what SoundBite finds in a cloud assembly, without an account. */
export const Inspection = z.strictObject({
  format: z.literal('soundbite.inspection/1'),
  stacks: z.array(
    z.strictObject({
      name: z.string(),
      file: z.string(),
      account: z.string().nullable(),
      region: z.string().nullable(),
      resources: z.number().int(),
    }),
  ),
  functions: z.array(InspectedFunction),
  /** Functions that CloudFormation calls while it deploys (custom resources): no users' traffic, not promoted. */
  helpers: z.array(z.strictObject({ stack: z.string(), path: z.string(), id: z.string() })),
  /** Resources that every deployment of other code replaces. */
  replaced: z.array(z.strictObject({ stack: z.string(), id: z.string(), type: z.string(), reason: z.string() })),
  problems: z.array(InspectedProblem),
});
export type Inspection = z.infer<typeof Inspection>;

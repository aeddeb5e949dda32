import { z } from 'zod';
import { ErrorBody } from './server.ts';
import { Name, Time } from './words.ts';

/** POST /v1/demo: the same key again begins no other one. */
export const DemoRequest = z.strictObject({
  only: z.enum(['use', 'smoke', 'watch', 'rollback']).describe('one part of it').optional(),
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type DemoRequest = z.infer<typeof DemoRequest>;

/** What was told, in order. `part`: a heading; `aside`: something smaller; `promotion`: one that it asked for. */
export const DemoLine = z.object({
  kind: z.enum(['part', 'say', 'aside', 'promotion']),
  text: z.string(),
  /** Which one, of a promotion. */
  promotion: z.string().nullable(),
});
export type DemoLine = z.infer<typeof DemoLine>;

/** A demo that this control plane began. `stops`: somebody stopped it, and it cleans up; `failed`: it did not happen as it says. */
export const DemoRun = z.object({
  id: z.string(),
  by: Name,
  began: Time,
  ended: Time.nullable(),
  state: z.enum(['runs', 'stops', 'over', 'stopped', 'failed']),
  /** The newest 200. */
  lines: z.array(DemoLine),
  /** What its client has met so far, while there is one. */
  counted: z.string().nullable(),
  /** Why it failed. */
  problem: ErrorBody.nullable(),
});
export type DemoRun = z.infer<typeof DemoRun>;

/** GET /v1/demo: why none can be shown here (null: it can), and the one that runs, or that ended last. */
export const DemoView = z.object({ refusal: ErrorBody.nullable(), run: DemoRun.nullable() });
export type DemoView = z.infer<typeof DemoView>;

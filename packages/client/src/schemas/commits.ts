import { z } from 'zod';
import { Name, Time } from './words.ts';

/** GET /v1/commits?find=&at= */
export const CommitsQuery = z.strictObject({
  find: z
    .string()
    .trim()
    .min(3)
    .max(200)
    // No message has one, and no program takes one.
    .refine((text) => !text.includes('\0'), 'has a NUL character')
    .describe('the first digits of a commit, or words that all are in its message, in any case'),
  at: Time.describe('in what was live then; in what is live now when absent').optional(),
});
export type CommitsQuery = z.infer<typeof CommitsQuery>;

/** Commits that are live somewhere. `isMore`: there are more than these; `unread`: environments of whose release the history here cannot say. */
export const CommitsLive = z.object({
  commits: z.array(
    z.object({
      commit: z.string(),
      subject: z.string(),
      /** Where a release is live that has it, in declared order. */
      environments: z.array(Name),
    }),
  ),
  isMore: z.boolean(),
  unread: z.array(Name),
});
export type CommitsLive = z.infer<typeof CommitsLive>;

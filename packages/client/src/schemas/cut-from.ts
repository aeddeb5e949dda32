import { z } from 'zod';

/** From what a release was cut. */
export const CutFrom = z.object({
  commit: z.string(),
  /** As who cut it recorded it; null: nobody did and this repository does not have the commit, or it says nothing. */
  subject: z.string().nullable(),
  /** Who wrote it, by name. */
  author: z.string().nullable(),
  committedAt: z.string(),
  /** With changes that no commit has. */
  dirty: z.boolean(),
});
export type CutFrom = z.infer<typeof CutFrom>;

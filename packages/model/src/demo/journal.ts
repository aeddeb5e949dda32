import { z } from 'zod';
import { Digest } from '../digest.ts';

/** Why a demo's promotions are asked for: by it they, and the holds that they make, are known as its own. */
export const demoReason = 'soundbite demo';

/** What a demo writes down before it changes anything, so that whoever comes after a kill -9 knows what to put back. */
export const DemoJournal = z.strictObject({
  version: z.literal(1),
  /** Its process. */
  pid: z.int(),
  /** When it began (ISO 8601). */
  began: z.string(),
  environment: z.string(),
  /** What was live there. */
  before: Digest,
  /** The commits of which it cuts releases. They are in no repository of anybody else, so what was cut of them is its own. */
  commits: z.array(z.string()),
});
export type DemoJournal = z.infer<typeof DemoJournal>;

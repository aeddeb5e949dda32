import { eventKinds } from '@soundbite/model/event.ts';
import { z } from 'zod';
import { PromotionView } from './promotions.ts';
import { WholeNumber } from './words.ts';

/** GET /v1/events?after=&follow= */
export const EventQuery = z.strictObject({
  after: WholeNumber(0, Number.MAX_SAFE_INTEGER)
    .describe('the sequence of the last event that the asker has; only what happens from now on when absent')
    .optional(),
  follow: z
    .enum(['true', 'false'])
    .describe('go on with what happens from now on; false ends with what has happened')
    .default('true'),
});

/** Every event behind this number follows. `reset`: there is no event of the number that was asked for, so all that its asker knows is of another time: it begins anew. */
const EventsBegun = z.object({ kind: z.literal('begun'), sequence: z.int().min(0), reset: z.boolean() });

/** Nothing can be read since then, because the database is away. Another `begun` follows, and nothing is left out. */
const EventsAway = z.object({ kind: z.literal('away'), since: z.string() });

/**
 * Something changed. `subject`: a promotion’s id, an environment’s name, a release’s digest. `view`: a promotion as it is from then on; null: ask for it, as of all else. Numbers that are
 * missing were of other homes.
 */
export const EventView = z.object({
  sequence: z.int().min(1),
  at: z.string(),
  kind: z.enum(eventKinds),
  subject: z.string(),
  view: PromotionView.nullable(),
});
export type EventView = z.infer<typeof EventView>;

/** GET /v1/events: one a line, as NDJSON, or one a server-sent event. */
export const EventLine = z.discriminatedUnion('kind', [EventsBegun, EventsAway, EventView]);
export type EventLine = z.infer<typeof EventLine>;

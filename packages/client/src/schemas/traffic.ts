import { z } from 'zod';
import { Name, Time } from './words.ts';

/** GET /v1/traffic?environment=&since= */
export const TrafficQuery = z.strictObject({
  environment: Name.describe('this environment alone, with its steps').optional(),
  since: Time.describe('steps from then on, at most an hour; of 15 minutes when absent').optional(),
});
export type TrafficQuery = z.infer<typeof TrafficQuery>;

const Count = z.int().min(0);
/** In ms, within 5 %. Null: there was no request. */
const Latency = z.number().min(0).nullable();
/** The release that answered. Null: none that named itself. */
const Answering = z.string().nullable();
/** One for each span; null: nobody knows. */
const Counts = z.array(Count.nullable());

const Sum = z.object({
  requests: Count,
  /** Those that ended with a server error (5xx). */
  errors: Count,
  p95: Latency,
});

/** Each release's requests in steps of so many seconds. */
const Steps = z.object({
  from: Time,
  seconds: z.int().min(1),
  releases: z.array(z.object({ release: Answering, requests: Counts, errors: Counts })),
});

/** The requests of users in the last hour. */
export const TrafficView = z.object({
  environment: Name,
  /** Why they are not seen, or not further than `whole` says. */
  problem: z.string().nullable(),
  /** Null: nobody knows. That nobody asked is 0 requests. */
  seen: z
    .object({
      /** Requests of this time are counted, all of them; of others some may be. */
      whole: z.object({ since: Time, until: Time }),
      hour: Sum.extend({ releases: z.array(Sum.extend({ release: Answering })) }),
      /** 60 of them; the last one is under way. */
      minutes: z.object({ from: Time, requests: Counts, errors: Counts, p95: z.array(Latency) }),
      /** Null: all environments were asked for. */
      steps: Steps.nullable(),
    })
    .nullable(),
});
export type TrafficView = z.infer<typeof TrafficView>;

/**
 * GET /v1/traffic: what users asked in the last hour, and what they got; by a look at what recorded it, nothing of it is on record here. What this system asks
 * itself does not count: pinned requests, and those at operational routes.
 */
export const TrafficList = z.object({ at: Time, environments: z.array(TrafficView) });
export type TrafficList = z.infer<typeof TrafficList>;

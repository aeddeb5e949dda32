import { Digest } from '@soundbite/model/digest.ts';
import { z } from 'zod';
import { Name } from './words.ts';

/** What the program that looks at the database before a start prints: `remark` is said to whoever starts; null: nothing is odd. */
export const DatabaseCheck = z.object({ detail: z.string(), remark: z.string().nullable() });
export type DatabaseCheck = z.infer<typeof DatabaseCheck>;

/** What `database move` carried over; `to` is host and database. */
export const DatabaseMove = z.object({
  installation: z.string(),
  promotions: z.number().int(),
  entries: z.number().int(),
  to: z.string(),
});

/** POST /v1/environments/:name/takeover: `confirm` repeats the environment's name. */
export const TakeoverRequest = z.strictObject({
  confirm: z.string(),
  reason: z.string().max(1000),
});
/** `from`: the installation that had it; null where nothing changed. `live`: the release that takes the traffic, now on record. */
export const TakeoverResult = z.object({
  environment: Name,
  changed: z.boolean(),
  from: z.string().nullable(),
  live: Digest.nullable(),
});
export type TakeoverResult = z.infer<typeof TakeoverResult>;

/** POST /v1/environments/:name/access: how an account is reached as its administrator. A secret: never to be logged. */
export const AccountAccess = z.object({
  environment: Name,
  kind: z.enum(['emulated', 'real']),
  account: z.string(),
  region: z.string(),
  endpoint: z.string().nullable(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string().nullable(),
    /** When they expire, ISO; null: never. */
    expiration: z.string().nullable(),
  }),
});
export type AccountAccess = z.infer<typeof AccountAccess>;

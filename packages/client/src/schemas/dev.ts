import { z } from 'zod';
import { Name } from './words.ts';

/** GET /v1/dev: for each declared environment whether the working tree can be served there, and the command that brings it there. */
export const DevList = z.object({
  environments: z.array(z.object({ environment: Name, dev: z.boolean(), use: z.string(), why: z.string() })),
});
export type DevList = z.infer<typeof DevList>;

/** POST /v1/environments/:name/dev: the session holds the environment's lock until it ends or no heartbeat came for a while. */
export const DevSession = z.object({
  session: z.string(),
  environment: Name,
  url: z.string(),
  /** It is over when no heartbeat came for so long. */
  silenceSeconds: z.number().default(16),
  /** Where its source is, in the repository: a change below it reloads. */
  watched: z.string(),
});
export type DevSession = z.infer<typeof DevSession>;

/** PUT /v1/dev/:session: heartbeat; `files` are repository-relative paths that changed since the last one (none: nothing to reload). */
export const DevBeat = z.strictObject({ files: z.array(z.string()).default([]) });
export const DevState = z.object({
  session: z.string(),
  /** How often the service was started from source. */
  reloads: z.int().min(0),
  /** Why the last reload does not serve; null when it does. */
  problem: z.string().nullable(),
});
export type DevState = z.infer<typeof DevState>;

/** DELETE /v1/dev/:session: the live release serves again. A session that is not there any more is ended too. */
export const DevEnd = z.object({ session: z.string() });
export type DevEnd = z.infer<typeof DevEnd>;

import { z } from 'zod';
import { Status } from './environments.ts';
import { PromotionView } from './promotions.ts';
import { Time } from './words.ts';

/** The model's ErrorDocument. */
export const ErrorBody = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  source: z.enum(['user', 'system']).optional(),
  path: z.string().optional(),
  line: z.int().optional(),
});

/** POST /v1/up: unfinished promotions go on; with `promote` a release is cut (if inputs changed) and promoted through the emulated environments. */
export const UpRequest = z.strictObject({
  promote: z.boolean().default(true),
  environments: z.array(z.string()).max(100).describe('as far as the last of these; all when absent').optional(),
});
export type UpRequest = z.infer<typeof UpRequest>;

/** A line of the NDJSON answer of POST /v1/up: progress, then one `status` (with what was promoted) or one `error`, last. */
export const UpLine = z.union([
  z.object({ at: Time, text: z.string() }),
  z.object({
    status: Status,
    promotions: z.array(PromotionView).default([]),
    /** Why the release was not brought on, where something is wrong with an environment on the way; null when nothing is. */
    stopped: z.string().nullable().default(null),
  }),
  z.object({ error: ErrorBody }),
]);
export type UpLine = z.infer<typeof UpLine>;

/** Every answer that is not 2xx, whatever its status. User errors are 4xx, system errors 5xx. */
export const ErrorEnvelope = z.object({ error: ErrorBody });
export type ErrorEnvelope = z.infer<typeof ErrorEnvelope>;

/** GET /health, without a token. */
export const Alive = z.object({ ok: z.literal(true) });

/** `.soundbite/control-plane.json`: how a client on this machine finds the control plane. */
export const ControlPlaneAddress = z.object({
  url: z.url(),
  token: z.string().min(1),
  pid: z.int(),
  /** The identity of its home: a copied file leads to another one. */
  home: z.string().optional(),
  /** The digest of the code that it runs. */
  code: z.string().optional(),
  /** Whether its database is the home's own. */
  ownDatabase: z.boolean().optional(),
});
export type ControlPlaneAddress = z.infer<typeof ControlPlaneAddress>;

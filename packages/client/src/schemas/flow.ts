import { Freeze } from '@soundbite/model/flow/freeze.ts';
import { z } from 'zod';
import { Time } from './words.ts';

/** GET /v1/freezes?environment= */
export const FreezeListQuery = z.strictObject({
  environment: z.string().describe('of this environment; of all when absent').optional(),
});

/** POST /v1/environments/:name/freezes: nothing enters it until then. Under one key it is one freeze. */
export const FreezeRequest = z.strictObject({
  until: Time,
  reason: z.string().trim().min(1).max(1000),
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type FreezeRequest = z.infer<typeof FreezeRequest>;

/** `freeze --json`: those in force afterwards, newest first. */
export const FreezeList = z.object({ freezes: z.array(Freeze) });
export type FreezeList = z.infer<typeof FreezeList>;

import { Block } from '@soundbite/model/flow/block.ts';
import { Freeze } from '@soundbite/model/flow/freeze.ts';
import { Hold, HoldScope } from '@soundbite/model/flow/hold.ts';
import { Taint } from '@soundbite/model/flow/taint.ts';
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

/** POST /v1/environments/:name/hold: all waits but rollbacks, or only what comes by itself. Under one key it is one hold. */
export const HoldRequest = z.strictObject({
  scope: HoldScope.default('all'),
  until: Time.optional(),
  reason: z.string().trim().min(1).max(1000),
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type HoldRequest = z.infer<typeof HoldRequest>;

/** POST /v1/environments/:name/resume: ends one hold, or all that are the asker's own. */
export const ResumeRequest = z.strictObject({ hold: z.string().optional() });
export type ResumeRequest = z.infer<typeof ResumeRequest>;

/** `hold --json`, `resume --json`: those in force there afterwards, newest first. */
export const HoldList = z.object({ holds: z.array(Hold) });
export type HoldList = z.infer<typeof HoldList>;

/** GET /v1/taints?environment= */
export const TaintListQuery = z.strictObject({
  environment: z.string().describe('of this environment; of all when absent').optional(),
});

/** POST /v1/environments/:name/taints/accept: one of them, or all that are open. */
export const TaintAcceptance = z.strictObject({
  reason: z.string().trim().min(1).max(1000),
  taint: z.string().optional(),
});
export type TaintAcceptance = z.infer<typeof TaintAcceptance>;

/** `taint --json`: those that are open, and those that ended within a day, newest first. */
export const TaintList = z.object({ taints: z.array(Taint) });
export type TaintList = z.infer<typeof TaintList>;

/** POST /v1/releases/:digest/block: it goes nowhere further, and what is under way with it is stopped. */
export const BlockRequest = z.strictObject({ reason: z.string().trim().min(1).max(1000) });
export type BlockRequest = z.infer<typeof BlockRequest>;

/** POST /v1/releases/:digest/unblock */
export const UnblockRequest = z.strictObject({ reason: z.string().trim().max(1000).optional() });
export type UnblockRequest = z.infer<typeof UnblockRequest>;

/** `block --json`, `unblock --json` */
export const BlockView = Block;
export type BlockView = Block;

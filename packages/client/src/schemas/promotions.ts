import type { LedgerEntry as ModelLedgerEntry, VerifiedChain } from '@soundbite/model';
import { Digest } from '@soundbite/model/digest.ts';
import { BrokenGlass } from '@soundbite/model/flow/glass.ts';
import { GateRecord } from '@soundbite/model/gates/record.ts';
import { PromotionView as ModelPromotionView, stepNames } from '@soundbite/model/promotion.ts';
import { z } from 'zod';
import { CutFrom } from './cut-from.ts';
import { DeclaredOtherwiseView } from './environments.ts';
import { Name, Time, WholeNumber } from './words.ts';

/** The model's promotion, and a number that changes with every change of its state or steps: what a long poll has `seen`. */
export const PromotionView = ModelPromotionView.extend({ revision: z.int().min(0) });
export type PromotionView = z.infer<typeof PromotionView>;

/** GET /v1/promotions?environment=&limit=&before=, newest first. `next`: give it as `before` to go on; null: there is nothing before. */
export const PromotionList = z.object({
  promotions: z.array(PromotionView),
  next: z.string().nullable().default(null),
});
export type PromotionList = z.infer<typeof PromotionList>;

/** GET /v1/promotions/:id?waitMs=&seen= */
export const PromotionQuery = z.strictObject({
  waitMs: WholeNumber(0, 60_000).describe('answer at the latest after this many milliseconds').optional(),
  seen: WholeNumber(0, Number.MAX_SAFE_INTEGER)
    .describe('the revision that the asker has; another one answers at once')
    .optional(),
});
export type PromotionQuery = z.infer<typeof PromotionQuery>;

/** GET /v1/promotions?environment=&limit=&before=&at= */
export const PromotionListQuery = z.strictObject({
  environment: z.string().optional(),
  limit: WholeNumber(1, 500).default(50),
  before: z.string().describe('only those that were asked for before this promotion').optional(),
  at: Time.describe('as they were then; as they are now when absent').optional(),
});
export type PromotionListQuery = z.infer<typeof PromotionListQuery>;

/** GET /v1/ledger?after=&limit= */
export const LedgerQuery = z.strictObject({
  after: WholeNumber(0, Number.MAX_SAFE_INTEGER).describe('the last sequence that the asker has').default(0),
  limit: WholeNumber(1, 1000).default(200),
});

/** GET /v1/environments/:name/plan?release= */
export const PlanQuery = z.strictObject({ release: Digest.optional() });

/** POST /v1/promotions/:id/abort */
export const AbortRequest = z.strictObject({ reason: z.string().max(1000).optional() });
export type AbortRequest = z.infer<typeof AbortRequest>;

/** The model's Removal. */
export const RemovalView = z.object({
  id: z.string(),
  what: z.enum(['resource', 'replacement', 'permission', 'parameter', 'output', 'export', 'index', 'queue-link']),
  detail: z.string(),
});

/** The model's StackMember. */
export const MemberView = z.object({ id: z.string(), type: z.string(), physicalId: z.string() });
const ChangedMemberView = MemberView.extend({ differences: z.array(z.string()) });

/**
 * The way back. `to`: null: no rollback goes anywhere. `ready`: its version stands without traffic, or is what serves now, so that only weights move; null:
 * that is not known. `obstacles`: what stands in the way. `usualSeconds`: of the rollbacks there, or of the same steps of promotions; null: none was seen.
 */
const RollbackVerdictView = z.object({
  to: Digest.nullable(),
  ready: z.boolean().nullable(),
  obstacles: z.array(z.object({ code: z.string(), reason: z.string(), hint: z.string() })),
  usualSeconds: z.number().nullable(),
});

/** GET /v1/environments/:name/plan?release=: what a promotion would change. Nothing was touched. */
export const Plan = z.object({
  environment: Name,
  release: Digest,
  /** The release that is live there now. */
  current: Digest.nullable(),
  /** Of the release. Null: this home does not have it. */
  cut: CutFrom.nullable().default(null),
  /** New commits, newest first; null when git cannot say. */
  commits: z.array(z.object({ commit: z.string(), subject: z.string() })).nullable(),
  removals: z.array(RemovalView),
  resources: z.array(
    z.object({ id: z.string(), type: z.string(), change: z.enum(['add', 'modify', 'remove', 'replace']) }),
  ),
  /** What somebody deleted of the stack; it is made anew. */
  missing: z.array(MemberView).default([]),
  /** What somebody changed of the stack; it is put back as it was deployed. */
  changed: z.array(ChangedMemberView).default([]),
  /** What a deleted stack left under the names of the template; it is taken back as it is. */
  leftovers: z.array(MemberView).default([]),
  /** What the release needs and the bootstrap of a real account does not allow, one line each; the promotion refuses until it is bootstrapped again. */
  unallowed: z.array(z.string()).default([]),
  settings: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown() })),
  /** Whether the environment is declared here otherwise than on record: this declaration is what the promotion would make count. */
  declaredOtherwise: DeclaredOtherwiseView.nullable().default(null),
  admission: z.discriminatedUnion('admitted', [
    z.object({ admitted: z.literal(true), note: z.string() }),
    z.object({ admitted: z.literal(false), code: z.string(), reason: z.string(), hint: z.string() }),
  ]),
  /** What the gates of entry say now; those of the version and of traffic are steps. */
  gates: z.array(GateRecord).default([]),
  steps: z.array(
    z.object({
      name: z.enum(stepNames),
      /** What the step is going to do, in a few words. */
      does: z.string().default(''),
      expectedSeconds: z.number().nullable(),
    }),
  ),
  /** Sum over the steps; null when nothing like it was seen before. */
  expectedSeconds: z.number().nullable(),
  /** Who went past the rules there within the last day, newest first. */
  glass: z.array(BrokenGlass).default([]),
  /** Where a rollback would go once this promotion is final. Null: it was not looked. */
  rollback: RollbackVerdictView.nullable().default(null),
});
export type Plan = z.infer<typeof Plan>;

/** The model's LedgerEntry. */
export const LedgerEntry = z.object({
  sequence: z.int().min(1),
  at: z.string(),
  kind: z.string(),
  subject: z.string(),
  payload: z.unknown(),
  previous: Digest.nullable(),
  hash: Digest,
}) satisfies z.ZodType<ModelLedgerEntry>;
export type LedgerEntry = z.infer<typeof LedgerEntry>;

/** GET /v1/ledger/newest?find=&subject=&before=&limit= */
export const LedgerSearchQuery = z.strictObject({
  find: z.string().max(200).describe('words; each must be in kind, subject or some text of the payload').optional(),
  subject: z.string().max(200).describe('only entries about this, as a promotion; however far back').optional(),
  before: WholeNumber(1, Number.MAX_SAFE_INTEGER).describe('only entries before this sequence').optional(),
  limit: WholeNumber(1, 200).default(50),
});

/**
 * Newest first. One request looks at 20,000 entries at most, so it may have found nothing yet. `next`: give it as `before` to go on; null: there is nothing
 * before.
 */
export const LedgerFound = z.object({ entries: z.array(LedgerEntry).readonly(), next: z.int().min(1).nullable() });
export type LedgerFound = z.infer<typeof LedgerFound>;

/** GET /v1/ledger/chain: the ledger was read whole, and each entry held against its hash and the one before it. */
export const LedgerChain = z.object({
  whole: z.boolean(),
  /** How many fit; where it is broken, up to and with the one that does not. */
  entries: z.int().min(0),
  /** The first that does not fit; null: all do. */
  broken: z.int().min(1).nullable(),
  /** The hash of the last one that was looked at. */
  head: Digest.nullable(),
  verified: Time,
}) satisfies z.ZodType<VerifiedChain>;
export type LedgerChain = z.infer<typeof LedgerChain>;

/** GET /v1/ledger?after=<sequence>&limit=, in order of sequence. */
export const LedgerPage = z.object({ entries: z.array(LedgerEntry) });
export type LedgerPage = z.infer<typeof LedgerPage>;

import { Digest } from '@soundbite/model/digest.ts';
import { Block } from '@soundbite/model/flow/block.ts';
import { Freeze } from '@soundbite/model/flow/freeze.ts';
import { BrokenGlass } from '@soundbite/model/flow/glass.ts';
import { Hold } from '@soundbite/model/flow/hold.ts';
import { Taint } from '@soundbite/model/flow/taint.ts';
import { GateRecord } from '@soundbite/model/gates/record.ts';
import { Approval } from '@soundbite/model/people/approval.ts';
import { Role } from '@soundbite/model/people/roles.ts';
import { PromotionKind, WaitsFor } from '@soundbite/model/promotion.ts';
import { TimelineEntry } from '@soundbite/model/timeline/entry.ts';
import { z } from 'zod';
import { CutFrom } from './cut-from.ts';
import { CloudView, CurrentPromotion } from './environments.ts';
import { EvidenceView } from './evidence.ts';
import { PromotionView } from './promotions.ts';
import { Name, Time } from './words.ts';

/** Evidence of a release, and whether it counted when the release was let in, as the newest of its kind from those whose evidence counts there. */
const EvidenceBehind = EvidenceView.pick({
  id: true,
  kind: true,
  verdict: true,
  digest: true,
  format: true,
  url: true,
  by: true,
  at: true,
  newest: true,
}).extend({ counted: z.boolean() });

/** By whose decision a release is live. */
const DecidedBy = z.object({
  actor: z.string(),
  kind: PromotionKind,
  reason: z.string().nullable(),
  override: z.boolean(),
  breakGlass: z.boolean(),
  /** The promotion whose success began it (`--through`). */
  follows: z.string().nullable(),
  /** The last word of each person, by a token that was in force when it was let in. */
  approvals: z.array(Approval),
});

/** A promotion that is not in its environment yet. */
const WaitingPromotion = z.object({
  promotion: z.string(),
  release: Digest,
  /** Of the release. Null: this home does not have it. */
  cut: CutFrom.nullable().default(null),
  kind: PromotionKind,
  by: z.string(),
  /** Why it was asked for, in the words of who did; null: none were said. */
  askedReason: z.string().nullable().default(null),
  /** When it was asked for. */
  since: z.string(),
  /** The environment that it is in, or waits for, on its way here; null: it waits here. */
  comesFrom: z.string().nullable(),
  reason: z.string().nullable(),
  /** Who must act, if known. */
  waitsFor: WaitsFor.nullable(),
  /** What does not let it in: each with its reasons, whose word would end it, and until when. */
  gates: z.array(GateRecord),
});

/** GET /v1/environments/:name/why: why what is live there is live, and what waits. By the records alone: nothing is looked at. */
export const Why = z.object({
  environment: Name,
  release: Digest.nullable(),
  /** Since when it is live without another one in between; null: nothing is, or that is not on record. */
  since: z.string().nullable(),
  /** The promotion that brought it. */
  promotion: z.string().nullable(),
  by: DecidedBy.nullable(),
  /** What the gates said of that promotion. */
  gates: z.array(GateRecord),
  /** Of the release: what counted when it was let in, and what counts now. */
  evidence: z.array(EvidenceBehind),
  /** The promotion that is under way there. */
  underWay: CurrentPromotion.nullable(),
  /** Oldest first. */
  waits: z.array(WaitingPromotion),
  freezes: z.array(Freeze),
  holds: z.array(Hold),
  /** The live release goes nowhere further; null: it may. */
  blocked: Block.nullable(),
  /** Who broke the glass there within a day. */
  glass: z.array(BrokenGlass),
  /** How the environment was changed outside of promotions: what is open, newest first. */
  taints: z.array(Taint),
});
export type Why = z.infer<typeof Why>;

/** GET /v1/promotions/:id/timeline: a promotion, and what happened to it, how long, by whom and why. By the records alone: nothing is looked at. */
export const Timeline = PromotionView.extend({
  /** Of its release. Null: this home does not have it. */
  cut: CutFrom.nullable().default(null),
  /** In which role it was asked for; null: that was not recorded then. */
  role: Role.nullable(),
  /** The promotion whose success began it (`--through`). */
  follows: z.string().nullable(),
  /** The promotion under way that it was asked to stop. */
  aborts: z.string().nullable(),
  /** The account in which its plan acts; null: it has no plan, or that is not known here. */
  cloud: CloudView.omit({ endpoint: true }).nullable().default(null),
  /** Until its first step; null: it has not begun. */
  waitedSeconds: z.number().nullable(),
  /** From its first step; null: it has not begun, or not ended. */
  workedSeconds: z.number().nullable(),
  /** In order of time. */
  entries: z.array(TimelineEntry),
  /** The last word of each person, by a token that was in force when it was let in. */
  approvals: z.array(Approval),
  /** Of the release: what counted when it was let in, and what counts now. */
  evidence: z.array(EvidenceBehind),
});
export type Timeline = z.infer<typeof Timeline>;

/** GET /v1/diff?from=&fromAt=&to=&toAt= */
export const DiffQuery = z.strictObject({
  from: z.string().describe('an environment'),
  fromAt: Time.describe('as it was then; as it is now when absent').optional(),
  to: z.string().describe('an environment, or the same one'),
  toAt: Time.describe('as it was then; as it is now when absent').optional(),
});
export type DiffQuery = z.infer<typeof DiffQuery>;

/** What is compared: an environment now, or as it was at a time. */
const DiffEnd = z.object({
  environment: Name,
  /** Null: now. */
  at: z.string().nullable(),
  /** Null: nothing was live. */
  release: Digest.nullable(),
  /** From which the release was cut; null: that is not known. */
  commit: z.string().nullable(),
  /** Its inputs differed from the commit. */
  dirty: z.boolean(),
});

/** release: in the same environment, the releases differ in it. environment: with the same release, the environments do. */
const because = z.array(z.enum(['release', 'environment']));

/** By the records, the releases and the repository's history; no account is asked. What could not be compared is null, and `unknown` says why. */
export const Diff = z.object({
  from: DiffEnd,
  to: DiffEnd,
  /** That only one of the two releases has, newest first. */
  commits: z.array(z.object({ commit: z.string(), subject: z.string(), only: z.enum(['from', 'to']) })).nullable(),
  settings: z.array(z.object({ path: z.string(), from: z.unknown(), to: z.unknown(), because })).nullable(),
  /** Of the templates, by logical id. */
  resources: z
    .array(
      z.object({ id: z.string(), type: z.string(), change: z.enum(['add', 'modify', 'remove', 'replace']), because }),
    )
    .nullable(),
  /** Null: it is not asked there. */
  gates: z
    .array(
      z.object({
        gate: z.string(),
        from: z.record(z.string(), z.unknown()).nullable(),
        to: z.record(z.string(), z.unknown()).nullable(),
      }),
    )
    .nullable(),
  unknown: z.array(z.object({ what: z.enum(['commits', 'settings', 'resources', 'gates']), reason: z.string() })),
});
export type Diff = z.infer<typeof Diff>;

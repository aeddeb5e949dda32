import { z } from 'zod';
import { Digest } from './digest.ts';
import { AwaitedGate, GateRecord } from './gates/record.ts';
import { Role } from './people/roles.ts';
import { belowFloor, type RollbackFloor } from './rollback-floor.ts';

/** The recorded steps of a promotion, in order. `rollback` follows a step that said no. */
export const stepNames = [
  'verify',
  'plan',
  'adopt',
  'infrastructure',
  'publish',
  'migration',
  'smoke',
  'tests',
  'compatibility',
  'shift',
  'watch',
  'alarms',
  'finalise',
  'rollback',
] as const;
export type StepName = (typeof stepNames)[number];

/** failed: the rules said no. errored: the machinery broke. aborted: a person stopped it. waiting: for the environment's lock. */
export const promotionStates = ['waiting', 'running', 'succeeded', 'failed', 'errored', 'aborted'] as const;
export const PromotionState = z.enum(promotionStates);
export type PromotionState = z.infer<typeof PromotionState>;
export const isFinal = (state: PromotionState): boolean => state !== 'waiting' && state !== 'running';

export const StepState = z.enum(['running', 'succeeded', 'failed', 'errored', 'skipped']);
export type StepState = z.infer<typeof StepState>;

/** One step as every surface shows it. `seconds` counts from its first start; null before it ends. */
export const StepView = z.object({
  name: z.enum(stepNames),
  state: StepState,
  seconds: z.number().nullable(),
  detail: z.string().optional(),
});
export type StepView = z.infer<typeof StepView>;

/** promote: a release moves up the chain. rollback: versions only, to a release that was live here. */
export const PromotionKind = z.enum(['promote', 'rollback']);

/** The request of a person (or CI). */
export const PromotionRequest = z.strictObject({
  environment: z.string(),
  kind: PromotionKind,
  /** Absent: promote the release of the environment before; roll back to the previous live release. */
  release: Digest.optional(),
  /** Why; obligatory with `override` and `breakGlass`. */
  reason: z.string().max(1000).optional(),
  /** Enter although the release is not healthy in the environment before, and past the gates that the asker's role overrides. */
  override: z.boolean().default(false),
  /** Enter past the order, all gates of entry, freezes, holds and taints. It is shown for a day. */
  breakGlass: z.boolean().optional(),
  /** Why it enters although alarms ring already: they may go on, others may not begin. */
  fixForward: z.string().trim().min(1).max(1000).optional(),
  /** Logical ids that this promotion may take away or replace. */
  allowRemovals: z.array(z.string()).default([]),
  /** Logical ids that may stay as they are where a rollback of CloudFormation's fails on them. */
  skip: z.array(z.string()).optional(),
  /** When it has succeeded, go on with the same release, environment by environment, to this one. */
  through: z.string().optional(),
  /** Who asks: from the token, never from the body of a request. */
  actor: z.string().default('local'),
  /** In which role; absent: it was not recorded then. */
  role: Role.optional(),
  /** It was `up` that asked for it, on its way. */
  via: z.literal('up').optional(),
  /** The same key answers with the same promotion. */
  idempotencyKey: z.string().min(1).max(200).optional(),
});
export type PromotionRequest = z.infer<typeof PromotionRequest>;

/** What the body of a request may say of a promotion. */
export const PromotionBody = PromotionRequest.omit({ actor: true, role: true, via: true });
export type PromotionBody = z.infer<typeof PromotionBody>;

/**
 * Who must act before a promotion goes on: a person (ends a session, fixes what its reason names), or another control plane (has the release, was asked
 * for it, knows the kinds of its steps).
 */
export const WaitsFor = z.enum(['person', 'control-plane']);
export type WaitsFor = z.infer<typeof WaitsFor>;

/** A promotion as the contract shows it (`promote --json`). */
export const PromotionView = z.object({
  promotion: z.string(),
  environment: z.string(),
  /** The home that the environment belongs to, by its identity, where that is another one; absent: it is this home's, or shared. */
  home: z.string().optional(),
  kind: PromotionKind,
  release: Digest,
  previous: Digest.nullable(),
  state: PromotionState,
  reason: z.string().nullable(),
  /** Who must act before it continues, if known: the wait will not end by itself soon. `reason` says what for. */
  waitsFor: WaitsFor.nullable().default(null),
  /** What its gates said, in the order in which they are asked; of those that were. */
  gates: z.array(GateRecord).default([]),
  /** While it is not let in: the gates that it waits for. */
  waitingFor: z.array(AwaitedGate).default([]),
  /** Why it was let into its environment; null: it was not, or not yet. */
  admission: z.string().nullable(),
  steps: z.array(StepView),
  /** All steps that it was planned to take, in order, and what each usually takes there (null: it never succeeded). Empty until it begins. */
  planned: z.array(z.object({ name: z.enum(stepNames), usualSeconds: z.number().nullable() })),
  createdAt: z.string(),
  /** When its first step began: until then it waited, from then on it worked. Null: it has not begun. */
  beganAt: z.string().nullable().default(null),
  finishedAt: z.string().nullable(),
  actor: z.string(),
  /** With what it was asked for, beside the release. `reason` above is how it ended. */
  asked: z.object({
    reason: z.string().nullable(),
    override: z.boolean(),
    breakGlass: z.boolean().default(false),
    /** Absent: it fixes nothing forward. */
    fixForward: z.string().optional(),
    allowRemovals: z.array(z.string()),
    through: z.string().nullable(),
  }),
  /** The environments after this one that it was asked to go on to. When it has ended without a `next`, they were never begun. */
  rest: z.array(z.string()),
  /** The promotion that it went on to. */
  next: z.string().nullable(),
});
export type PromotionView = z.infer<typeof PromotionView>;

/** The request's part of a view. */
export function askedOf(request: PromotionRequest): PromotionView['asked'] {
  const { reason = null, override, breakGlass = false, fixForward, allowRemovals, through = null } = request;
  const forward = fixForward === undefined ? {} : { fixForward };
  return { reason, override, breakGlass, ...forward, allowRemovals, through };
}

/** Why a promotion stops that somebody's rollback finds under way. */
export const rollbackAsked = ({ actor, reason }: Pick<PromotionRequest, 'actor' | 'reason'>): string =>
  `${actor} asked for a rollback${reason ? `: ${reason}` : ''}`;

/** The note of a promotion that waits for its turn. */
export const waitsBehind = (promotion: string, environment: string): string =>
  `promotion ${promotion} has ${environment}`;

/** An environment's record. What *runs* there is an observation, not a record. */
export interface EnvironmentRecord {
  readonly environment: string;
  readonly liveRelease: Digest | null;
  readonly previousRelease: Digest | null;
  /** The release whose template was deployed last; may be newer than the live one. */
  readonly infrastructureRelease: Digest | null;
  /** Generation of the last promotion that acted here. */
  readonly generation: number;
}

export type Admission =
  | { readonly admitted: true; readonly note: string }
  | { readonly admitted: false; readonly code: string; readonly reason: string; readonly hint: string };

/** What the law of order needs to know. `before` is null for the first environment. */
export interface AdmissionFacts {
  readonly environment: string;
  readonly release: Digest;
  readonly before: { readonly name: string; readonly liveRelease: Digest | null; readonly healthy: boolean } | null;
  /** The release was live here once: going back is allowed. */
  readonly wasLiveHere: boolean;
  /** It was adopted: it is what stood here before SoundBite did, and it is for this environment alone. */
  readonly isAdopted?: boolean;
  /** It is live here now. */
  readonly isLiveHere: boolean;
  /** The floor that it lies below; null or absent: none. */
  readonly floor?: RollbackFloor | null;
  readonly override: boolean;
  readonly reason: string | undefined;
}

/** The order is a law: a release enters an environment only if it is healthy in the one before. */
export function admit(facts: AdmissionFacts): Admission {
  const { before, release, environment } = facts;
  if (facts.override) {
    if (!facts.reason?.trim())
      return {
        admitted: false,
        code: 'override-without-reason',
        reason: 'an override needs a reason',
        hint: 'add --reason "why"',
      };
    return { admitted: true, note: `the order was overridden: ${facts.reason.trim()}` };
  }
  if (facts.isLiveHere) return { admitted: true, note: `already live in ${environment}` };
  if (facts.isAdopted) return { admitted: true, note: `it stood in ${environment} before it was adopted` };
  if (facts.floor) return { admitted: false, ...belowFloor(environment, facts.floor, release) };
  if (!before) return { admitted: true, note: 'the first environment takes any verified release' };
  if (facts.wasLiveHere) return { admitted: true, note: `rolling back to a release that was live in ${environment}` };
  if (before.liveRelease !== release) {
    return {
      admitted: false,
      code: 'order',
      reason: `${release.slice(0, 19)} is not live in ${before.name}${before.liveRelease ? ` (${before.liveRelease.slice(0, 19)} is)` : ', which is empty'}`,
      hint: `soundbite promote ${before.name} --release ${release}, or --override --reason "why"`,
    };
  }
  if (!before.healthy) {
    return {
      admitted: false,
      code: 'order',
      reason: `${release.slice(0, 19)} is not healthy in ${before.name}`,
      hint: `soundbite health ${before.name}`,
    };
  }
  return { admitted: true, note: `healthy in ${before.name}` };
}

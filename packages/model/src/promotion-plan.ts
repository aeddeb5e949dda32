import { z } from 'zod';
import { Environment } from './declaration/shape.ts';
import { canonicalJson, Digest, digestOf } from './digest.ts';
import { type GateHere, gatesAt } from './gates/declared.ts';
import type { Gate } from './gates/gate.ts';
import { gates } from './gates/map.ts';
import { goesPast, type OverriddenBy } from './gates/override.ts';
import type { OptionalProgram } from './program-copy.ts';
import { PromotionKind, type PromotionRequest } from './promotion.ts';
import { recordedEnvironment } from './recorded-environment.ts';

/**
 * The formats of recorded plans that this version reads; it writes the newest, which is last. A change of the shape below needs the next name and
 * a plan of it in tests/parts/engine/histories; a test compares each name with its shape. `recordedPlan` brings older ones into today's shape.
 */
export const planFormats = [
  'soundbite.plan/1',
  'soundbite.plan/2',
  'soundbite.plan/3',
  'soundbite.plan/4',
  'soundbite.plan/5',
  'soundbite.plan/6',
  'soundbite.plan/7',
] as const;
export const planFormat = 'soundbite.plan/7' satisfies (typeof planFormats)[number];

/** What a step may change. What changed neither versions nor traffic needs no undoing. */
export const StepChanges = z.enum(['nothing', 'stack', 'versions', 'traffic']);
export type StepChanges = z.infer<typeof StepChanges>;

/** One step to come: what does it (`kind`), with what, under a key that is its own in its promotion, e.g. `06-shift`. */
export const PlannedStep = z.strictObject({
  key: z.string().regex(/^\d\d-[a-z0-9-]+$/),
  kind: z.string(),
  with: z.record(z.string(), z.json()),
  changes: StepChanges,
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/**
 * A whole promotion as a value: recorded once, when the environment is held, and followed from then on, whatever becomes of environments.yaml and of
 * the code. `undo` is taken when a step that changes versions or traffic has begun and the promotion does not succeed.
 */
export const PromotionPlan = z.strictObject({
  format: z.enum(planFormats),
  kind: PromotionKind,
  environment: Environment,
  release: Digest,
  /** What is live when it begins; null: the environment is empty. */
  previous: Digest.nullable(),
  steps: z.array(PlannedStep),
  undo: z.array(PlannedStep),
});
export type PromotionPlan = z.infer<typeof PromotionPlan>;

/** What a plan takes from a request; who plans only to show it overrides nothing. */
type PlannedRequest = Pick<PromotionRequest, 'kind' | 'allowRemovals' | 'skip'> &
  Partial<Pick<PromotionRequest, 'override' | 'reason' | 'role'>>;

/** All that a plan is made from. */
export interface PlanFacts {
  readonly request: PlannedRequest;
  /** As it is declared now, with all defaults. */
  readonly environment: Environment;
  readonly release: Digest;
  readonly previous: Digest | null;
  /** A rollback that stopped what was under way, after which its release is live again: nothing is to be done any more. */
  readonly isLiveAgain?: boolean;
  /** What the release brings beside its smoke; none when absent. */
  readonly programs?: readonly OptionalProgram[];
  /** The release is what stood there before SoundBite did. */
  readonly isAdopted?: boolean;
}

/** A step before it has its number: its name, its kind where that is another, what it changes and with what. */
interface Draft {
  readonly name: string;
  readonly kind?: string;
  readonly changes: StepChanges;
  readonly with?: PlannedStep['with'];
}

/** The plan of a promotion or of a rollback. Pure: `plan`, the running promotion and its progress come from here. */
export function planPromotion(facts: PlanFacts): PromotionPlan {
  const { request, environment, release, previous } = facts;
  const adopts = facts.isAdopted === true && request.kind === 'promote' && previous === null;
  const steps = facts.isLiveAgain
    ? []
    : request.kind === 'rollback'
      ? back(facts)
      : adopts
        ? adoption(facts)
        : forward(facts);
  // What is adopted serves already: nothing is to be taken from it, whatever became of a step.
  const undo: readonly Draft[] = adopts ? [] : [{ name: 'rollback', changes: 'traffic', with: { to: previous } }];
  return {
    format: planFormat,
    kind: request.kind,
    environment,
    release,
    previous,
    steps: numbered(steps, 1),
    undo: numbered(undo, steps.length + 1),
  };
}

/** A release moves up the chain. */
function forward({ request, environment, release, programs = [], isAdopted = false }: PlanFacts): Draft[] {
  const brought = (name: OptionalProgram): Draft[] => (programs.includes(name) ? [{ name, changes: 'nothing' }] : []);
  return [
    { name: 'verify', changes: 'nothing' },
    { name: 'plan', changes: 'nothing', with: { allowRemovals: request.allowRemovals } },
    { name: 'infrastructure', changes: 'stack', with: { skip: request.skip ?? [] } },
    { name: 'publish', changes: 'versions' },
    ...brought('migration'),
    // What was adopted has nothing to try a version with: it had traffic before.
    ...(isAdopted ? [] : gateSteps(request, environment, 'version')),
    ...brought('compatibility'),
    { name: 'shift', changes: 'traffic', with: { to: release, direction: 'forward' } },
    ...gateSteps(request, environment, 'traffic'),
    { name: 'finalise', changes: 'versions' },
  ];
}

/** A gate that is asked of the new version, or of its traffic, is a step of its name, with the options that count there: they were read from YAML, so they are JSON. */
const gateSteps = (request: PlannedRequest, environment: Environment, moment: 'version' | 'traffic'): Draft[] =>
  gatesAt(environment, moment)
    .toSorted((one, other) => lastness(one) - lastness(other))
    .map((one) => ({ name: one.gate, changes: 'nothing', with: { ...one.options, ...overriding(request, one) } }));

const gateOf = ({ gate }: GateHere) => gates[gate] as Gate<z.ZodObject, unknown>;

const lastness = (one: GateHere): number => Number(gateOf(one).isLast === true);

/** Where its option names no role, nobody goes past it from here on. */
function overriding(request: PlannedRequest, one: GateHere): { readonly overridden?: string } {
  const overridden = goesPast(request, one.options.override as OverriddenBy | undefined);
  return overridden === null ? {} : { overridden };
}

/** Why the promotion goes on although this step, a gate, failed; null: it does not. */
export const overriddenIn = ({ with: { overridden } }: Pick<PlannedStep, 'with'>): string | null =>
  typeof overridden === 'string' ? overridden : null;

/** What stands already is taken over as it is: there is nothing to try and nothing to watch. */
function adoption({ request, release }: PlanFacts): Draft[] {
  return [
    { name: 'verify', changes: 'nothing' },
    { name: 'plan', changes: 'nothing', with: { allowRemovals: request.allowRemovals } },
    { name: 'adopt', changes: 'stack' },
    { name: 'infrastructure', changes: 'stack', with: { skip: [] } },
    { name: 'publish', changes: 'versions' },
    { name: 'shift', changes: 'traffic', with: { to: release, direction: 'forward' } },
    { name: 'finalise', changes: 'versions' },
  ];
}

/** Versions only: the infrastructure stays as it has grown. */
function back({ release }: PlanFacts): Draft[] {
  return [
    { name: 'verify', kind: 'verify-return', changes: 'nothing' },
    { name: 'publish', kind: 'publish-kept', changes: 'versions' },
    { name: 'shift', changes: 'traffic', with: { to: release, direction: 'back' } },
    { name: 'finalise', changes: 'versions' },
  ];
}

const numbered = (drafts: readonly Draft[], first: number): PlannedStep[] =>
  drafts.map(({ name, kind = name, changes, with: given = {} }, index) => ({
    key: `${String(first + index).padStart(2, '0')}-${name}`,
    kind,
    with: given,
    changes,
  }));

/** A step's name, as people read it: its key without the number. */
export const stepNameOf = ({ key }: Pick<PlannedStep, 'key'>): string => key.slice(3);

/** Names a plan in the ledger. */
export const planDigest = (plan: PromotionPlan): Digest => digestOf(canonicalJson(plan));

export const isPlanFormat = (format: unknown): boolean => planFormats.some((known) => known === format);

/** A recorded plan in today's form; its format says what it was recorded as. */
export function recordedPlan(value: unknown): PromotionPlan {
  const recorded = value as PromotionPlan;
  const { environment } = recorded;
  const isMap = typeof environment === 'object' && environment !== null;
  return isMap ? { ...recorded, environment: recordedEnvironment(environment) } : recorded;
}

/** What this version lacks to read a recorded plan: its format, or settings in it. Null: nothing. */
export function planTrouble(plan: unknown): string | null {
  const read = PromotionPlan.safeParse(recordedPlan(plan));
  if (read.success) return null;
  const { format } = plan as { readonly format?: unknown };
  if (!isPlanFormat(format)) return `reads plans of the format ${String(format)}`;
  const strange = read.error.issues.map((issue) =>
    [...issue.path, ...(issue.code === 'unrecognized_keys' ? [issue.keys.join(', ')] : [])].join('.'),
  );
  return `reads ${strange.join(', ')} in its plan`;
}

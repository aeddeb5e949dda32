import {
  belowFloorError,
  broughtPrograms,
  type Digest,
  type Environment,
  isFinal,
  isLiveAgain,
  overridingOf,
  type PlanFacts,
  type PromotionPlan,
  planPromotion,
  type RollbackFloor,
  rowOfError,
  SoundBiteError,
  shortDigest,
  toErrorDocument,
} from '@soundbite/model';
import { refuseOldTurn } from '../old-format.ts';
import { patience } from '../patience.ts';
import type { PromotionPorts } from '../ports.ts';
import type { Locks } from '../store/locks.ts';
import type { Held } from '../store/promotion-course.ts';
import type { Asked } from '../store/promotion-rows.ts';
import type { Records } from '../store/records.ts';
import { type Ending, undo } from './interpret.ts';
import { beforeOf, declared, type PromotionRun, type StepKinds } from './run.ts';

/** The dependencies of a promotion's workflow. */
export interface WorkflowParts {
  readonly ports: PromotionPorts;
  readonly records: Records;
  readonly locks: Locks;
  readonly kinds: StepKinds;
  readonly installation: string;
  /** Ends with the next news of a subject, or after `ms`. */
  wait(subjects: readonly string[], ms: number): Promise<void>;
}

/** Waits until the promotion may have its environment, and records its plan. Null: it ended before that, or it waits to be let in again. */
export async function begin(id: string, parts: WorkflowParts): Promise<PromotionRun | null> {
  const { records } = parts;
  for (;;) {
    const asked = await records.asked(id);
    if (isFinal(asked.state) || !asked.isAdmitted) return null;
    if (asked.plan) return runOf(id, asked.plan, parts);
    if (asked.state === 'running') return breakOffUnplanned(id, asked, parts);
    if (asked.broken !== null) return end(id, { state: 'errored', reason: asked.broken }, parts);
    const news = parts.wait([id, asked.site], patience.lost.waitingMs);
    const planned = await tryToPlan(id, asked, parts);
    if ('plan' in planned) return runOf(id, planned.plan, parts);
    if ('ending' in planned) return end(id, planned.ending, parts);
    if ('waitsFor' in planned) await records.note(id, planned.waitsFor, 'person');
    await news;
  }
}

function runOf(id: string, plan: PromotionPlan, parts: WorkflowParts): PromotionRun {
  const { kinds, ports, installation } = parts;
  const records = parts.records.within(plan.environment);
  return { id, plan, kinds, ports, records, installation, wait: (ms) => parts.wait([id], ms) };
}

async function end(id: string, { state, reason }: Ending, { records }: WorkflowParts): Promise<null> {
  await records.finish(id, state, reason);
  return null;
}

type Planned =
  | { readonly plan: PromotionPlan }
  | { readonly waitsFor: string }
  | { readonly ending: Ending }
  /** Somebody stopped it meanwhile, or it waits to be let in again. */
  | { readonly over: true };

/** Records the plan, unless a session holds the environment, or the declaration cannot be read for the moment. */
async function tryToPlan(id: string, asked: Asked, { ports, records, locks }: WorkflowParts): Promise<Planned> {
  const { environment: name } = asked.request;
  // Checked before the row is locked, so that waiting writes nothing.
  const holder = await locks.holder(name);
  if (holder) return { waitsFor: `${holder} holds ${name}` };
  const aborted = asked.aborts ? await records.view(asked.aborts) : null;
  try {
    const environment = await environmentOf(asked, ports, records);
    const floor = await floorFor(asked, records.within(environment));
    const brought = await broughtBy(asked, ports);
    const wasLive = aborted?.state === 'succeeded' ? null : aborted?.previous;
    await refuseOldTurn(ports, records.within(environment), asked, wasLive);
    const facts = factsOf(asked, { environment, ...brought }, { wasLive, floor });
    // Another home let it in by its own declaration, and would do so again.
    const before = isOurs(asked, records) ? beforeOf(ports, environment)?.name : undefined;
    const plan = await records.begin(id, asked.site, (held) => planPromotion(facts(held)), before);
    if (plan === 'over' || plan === 'kept') return { over: true };
    if (plan !== 'held') return { plan };
    return { waitsFor: `${(await locks.holder(name)) ?? 'a dev session'} holds ${name}` };
  } catch (error) {
    if (!(error instanceof SoundBiteError)) throw error;
    const { message, hint } = toErrorDocument(error);
    const reason = `${message}; ${hint}`;
    // The request cannot be met; anything else may be fixed while it waits.
    return rowOfError(error).verdict === 'request' ? { ending: { state: 'failed', reason } } : { waitsFor: reason };
  }
}

/**
 * The facts of a plan, once the environment is held. `wasLive`: what was live before the promotion that a rollback stopped; where that is live
 * again, the rollback has nothing more to do.
 */
const factsOf =
  (
    { request, release }: Asked,
    given: Pick<PlanFacts, 'environment' | 'programs' | 'isAdopted'>,
    { wasLive, floor }: { readonly wasLive: Digest | null | undefined; readonly floor: RollbackFloor | null },
  ) =>
  ({ live, wayBack }: Held): PlanFacts => {
    const facts = { ...given, request, release, previous: live };
    if (request.kind !== 'rollback') return facts;
    if (isLiveAgain(request, live, wasLive)) return { ...facts, release: live, isLiveAgain: true };
    if (request.release !== undefined) return facts;
    if (wayBack) return { ...facts, release: wayBack };
    if (floor) throw belowFloorError(request.environment, floor);
    throw new SoundBiteError('nothing-to-roll-back-to', nothingBefore(request.environment, live), {
      hint: `soundbite history ${request.environment}, then soundbite rollback ${request.environment} --to <release>`,
    });
  };

/**
 * The floor of a rollback that chooses its release by itself. Any other is refused one that lies below: the floor may have risen since it was let in, by a
 * promotion that was under way. Errors: `rollback-below-floor`.
 */
async function floorFor({ request, release }: Asked, records: Records): Promise<RollbackFloor | null> {
  const { environment, kind } = request;
  if (kind === 'rollback' && request.release === undefined) return records.rollbackFloor(environment);
  const floor = overridingOf(request) ? null : await records.floorAbove(environment, release);
  if (floor) throw belowFloorError(environment, floor, release);
  return null;
}

/** What its release brings for it to run, and whether it was adopted. What is wrong with a release its first step says; one that may be readable in a moment is waited for. */
async function broughtBy(
  { request, release }: Asked,
  { releases }: PromotionPorts,
): Promise<Pick<PlanFacts, 'programs' | 'isAdopted'>> {
  if (request.kind === 'rollback') return {};
  try {
    const { manifest, provenance } = await releases.get(release);
    return { programs: broughtPrograms(manifest), isAdopted: provenance.adopted !== undefined };
  } catch (error) {
    if (error instanceof SoundBiteError && rowOfError(error).retry === 'soon') throw error;
    return {};
  }
}

/**
 * The environment of a promotion. A rollback acts on the one it was requested for, even if that is now declared elsewhere or not at all: as when it
 * was admitted, otherwise as when the last promotion began there. Errors: `environment-moved`, those of the declaration.
 */
async function environmentOf(asked: Asked, ports: PromotionPorts, records: Records): Promise<Environment> {
  const { ofEnvironment } = records.sites;
  let trouble = movedAway(asked);
  try {
    const environment = declaredFor(asked, ports, records);
    if (ofEnvironment(environment) === asked.site) return environment;
  } catch (error) {
    if (!(error instanceof SoundBiteError) || error.code !== 'environment-unknown') throw error;
    trouble = error;
  }
  if (asked.request.kind !== 'rollback') throw trouble;
  const stands = asked.declared ?? (await records.declaredAt(asked.site))?.environment;
  if (stands && ofEnvironment(stands) === asked.site) return stands;
  throw trouble;
}

/** Today's declaration; if another home admitted the promotion, that home's. */
function declaredFor(asked: Asked, ports: PromotionPorts, records: Records): Environment {
  const { request, declared: there } = asked;
  return isOurs(asked, records) || there === null ? declared(ports, request.environment) : there;
}

/** Whether this home asked for it. */
const isOurs = ({ home }: Asked, { sites }: Records): boolean => home === null || home.id === sites.home?.id;

/** Another account or runtime was declared between request and turn: the order was checked for the old one. */
const movedAway = ({ request }: Asked): SoundBiteError =>
  new SoundBiteError('environment-moved', `${request.environment} was declared elsewhere when this was requested`, {
    hint: `request it again: soundbite ${request.kind} ${request.environment}`,
  });

const nothingBefore = (environment: string, live: Digest | null): string =>
  `no release stands ready behind ${live ? shortDigest(live) : 'nothing'} in ${environment}`;

/** A promotion from before recorded plans: it is undone by today's declaration. */
async function breakOffUnplanned(id: string, asked: Asked, parts: WorkflowParts): Promise<null> {
  const { request, release } = asked;
  const view = await parts.records.view(id);
  const environment = declared(parts.ports, request.environment);
  const plan = planPromotion({ request, environment, release, previous: view?.previous ?? null });
  // Its steps were recorded under their names.
  const named = { ...plan, steps: plan.steps.map((step) => ({ ...step, key: step.key.slice(3) })) };
  await undo(runOf(id, named, parts), {
    state: 'errored',
    reason: 'SoundBite was upgraded while it was under way, from a version that recorded no plans',
  });
  return null;
}

import {
  admit,
  blockedTargetError,
  type Digest,
  type Environment,
  isLiveAgain,
  type PlanFacts,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionView,
  planPromotion,
  SoundBiteError,
  type StepName,
  shortDigest,
  stepNameOf,
} from '@soundbite/model';
import type { fakeApprovals } from './fake-approvals.ts';
import type { FakeFlow } from './fake-flow.ts';
import type { FakePlace, Places } from './fake-places.ts';

/** What the rules need to know of a fake. */
export interface Facts {
  readonly places: Places;
  /** The newest release; null: none was cut. */
  newest(): Digest | null;
  /** Errors: `release-unknown`. */
  demand(release: Digest): Digest;
  readonly flow: Pick<FakeFlow, 'says' | 'rolledBack' | 'decided' | 'reconciled' | 'blockOf'>;
  /** What people said. */
  readonly approvals: ReturnType<typeof fakeApprovals>;
}

/** Which release a request means; `isAborting`: it stops what is under way. Errors: `release-unknown`, `nothing-to-promote`, `nothing-to-roll-back-to`. */
export function releaseMeant(facts: Facts, request: PromotionRequest, place: FakePlace, isAborting: boolean): Digest {
  if (request.release) {
    const block = request.kind === 'rollback' ? facts.flow.blockOf(request.release) : null;
    if (block?.blocked) throw blockedTargetError(block);
    return facts.demand(request.release);
  }
  if (request.kind === 'rollback') {
    const previous = facts.places.previousIn(place);
    return (isAborting ? (place.live ?? previous) : previous) ?? nowhereBack(place);
  }
  const before = facts.places.before(place);
  const release = before ? before.live : facts.newest();
  if (release) return release;
  const [message, hint] = before
    ? [`${before.name} is empty`, `soundbite promote ${before.name}`]
    : ['no release has been cut', 'soundbite release cut'];
  throw new SoundBiteError('nothing-to-promote', message, { hint });
}

function nowhereBack({ name }: FakePlace): never {
  throw new SoundBiteError('nothing-to-roll-back-to', `no other release was healthy in ${name}`, {
    hint: `soundbite history ${name}, then soundbite rollback ${name} --to <release>`,
  });
}

/** The law of order, by the model. A look at an environment is no look at a real account: what is unwell is refused at once. */
export function admissionOf(places: Places, place: FakePlace, release: Digest, request: Partial<PromotionRequest>) {
  const before = places.before(place);
  return admit({
    environment: place.name,
    release,
    before: before
      ? { name: before.name, liveRelease: before.live, healthy: places.stateOf(before) === 'healthy' }
      : null,
    wasLiveHere: wasLive(place, release),
    isLiveHere: place.live === release,
    override: Boolean(request.override || request.breakGlass),
    reason: request.reason,
  });
}

/** Why a request is let in, or why not. */
export function decide(places: Places, place: FakePlace, release: Digest, request: PromotionRequest) {
  if (request.kind === 'promote') {
    const admission = admissionOf(places, place, release, request);
    return admission.admitted
      ? { note: admission.note, refusal: null }
      : { note: null, refusal: `${admission.reason}; ${admission.hint}` };
  }
  if (request.release === undefined) return { note: 'to what was live before', refusal: null };
  return wasLive(place, request.release)
    ? { note: `${shortDigest(request.release)} was live in ${place.name} before`, refusal: null }
    : {
        note: null,
        refusal: `${shortDigest(request.release)} was never live in ${place.name}; soundbite history shows what was`,
      };
}

const wasLive = ({ history }: FakePlace, release: Digest) => history.some((one) => one.release === release);

/** The plan of a promotion that holds its environment; `aborted` is what a rollback stopped. Null: there is nowhere to go back to. */
export function planOf(
  places: Places,
  place: FakePlace,
  { request, release, aborted }: { request: PromotionRequest; release: Digest; aborted: PromotionView | null },
): PromotionPlan | null {
  const facts: PlanFacts = { request, environment: place.declaration, release, previous: place.live };
  if (request.kind === 'promote') return planPromotion(facts);
  const before = aborted?.state === 'succeeded' ? null : aborted?.previous;
  if (isLiveAgain(request, place.live, before))
    return planPromotion({ ...facts, release: place.live, isLiveAgain: true });
  if (request.release !== undefined) return planPromotion(facts);
  const target = places.previousIn(place);
  return target && planPromotion({ ...facts, release: target });
}

/** The steps of a plan as `plan` shows them. */
export function plannedSteps(environment: Environment, release: Digest, previous: Digest | null) {
  const { steps } = planPromotion({ request: { kind: 'promote', allowRemovals: [] }, environment, release, previous });
  return steps.map((step) => {
    const name = stepNameOf(step) as StepName;
    return {
      name,
      does: `do the ${name} of a promotion`,
      expectedSeconds: typeof step.with.seconds === 'number' ? step.with.seconds : 0.2,
    };
  });
}

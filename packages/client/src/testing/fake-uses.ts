import { type Digest, isFinal, SoundBiteError } from '@soundbite/model';
import type { FakePlace, Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';

interface Parts {
  readonly places: Places;
  readonly promotions: Pick<FakePromotions, 'all'>;
}

/** Why a release has to stay in the store; null: nobody needs it. */
export function useOf({ places, promotions }: Parts, digest: Digest): string | null {
  const under = promotions.all().find((one) => !isFinal(one.state) && [one.release, one.previous].includes(digest));
  if (under) return `is needed by promotion ${under.promotion} into ${under.environment}`;
  for (const place of places.all) {
    if (place.live === digest) return `is live in ${place.name}`;
    if (places.previousIn(place) === digest) return `is what a rollback of ${place.name} goes to`;
  }
  return null;
}

/** Errors: `environment-busy`, when a dev session or a promotion has the environment or will have it. */
export function refuseBusy(promotions: Parts['promotions'], { name, session }: FakePlace): void {
  const coming = promotions
    .all()
    .find((view) => !isFinal(view.state) && [view.environment, ...view.rest].includes(name))?.promotion;
  const [who, hint] = session
    ? [`dev session ${session} has ${name}`, 'end it first']
    : [coming && `promotion ${coming} has ${name}, or goes on to it`, 'wait for it, or soundbite abort it'];
  if (who) throw new SoundBiteError('environment-busy', who, { hint });
}

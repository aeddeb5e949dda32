import { SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { Ledger, Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';
import type { Staged } from './fake-staging.ts';
import { refuseBusy } from './fake-uses.ts';

interface Parts {
  readonly staged: Staged;
  readonly places: Places;
  readonly promotions: FakePromotions;
  readonly ledger: Ledger;
}

/** What is done to an environment beside promotions. */
export function fakeActs({ staged, places: { at }, promotions, ledger }: Parts) {
  /** By their idempotency keys. */
  const destroyed = new Set<string>();
  return {
    bootstrap(name: string): schemas.BootstrapResult {
      at(name);
      return { environment: name, changed: true };
    },
    destroy(name: string, { confirm, actor, idempotencyKey }: schemas.DestroyRequest): schemas.DestroyResult {
      const place = at(name);
      mustConfirm(name, confirm, `type the name: soundbite destroy ${name}`);
      const isDone = idempotencyKey !== undefined && destroyed.has(`${name} ${idempotencyKey}`);
      if (!isDone) {
        refuseBusy(promotions, place);
        ledger.record('environment.destroy-asked', name, { actor });
        Object.assign(place, { live: null, history: [] });
        ledger.record('environment.destroyed', name, { at: Date.now(), actor });
        destroyed.add(`${name} ${idempotencyKey}`);
      }
      return { environment: name, destroyed: true };
    },
    takeOver(name: string, confirm: string): schemas.TakeoverResult {
      mustConfirm(name, confirm, `soundbite takeover ${name} --confirm ${name}`);
      const from = staged.heldElsewhere.get(name) ?? null;
      staged.heldElsewhere.delete(name);
      return { environment: name, changed: from !== null, from, live: at(name).live };
    },
  };
}

function mustConfirm(name: string, confirm: string, hint: string): void {
  if (confirm !== name) throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, { hint });
}

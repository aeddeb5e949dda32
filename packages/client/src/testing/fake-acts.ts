import { SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { Ledger, Places } from './fake-places.ts';
import type { FakePromotions } from './fake-promotions.ts';
import type { Staged } from './fake-staging.ts';
import type { FakeTaints } from './fake-taints.ts';
import { refuseBusy } from './fake-uses.ts';

interface Parts {
  readonly staged: Staged;
  readonly places: Places;
  readonly promotions: FakePromotions;
  readonly ledger: Ledger;
  readonly taints: Pick<FakeTaints, 'emptied'>;
  newest(): schemas.AdoptionResult['release'] | null;
}

/** What is done to an environment beside promotions. */
export function fakeActs({ staged, places: { at }, promotions, ledger, taints, newest }: Parts) {
  /** By their idempotency keys. */
  const destroyed = new Set<string>();

  /** What is on record of an environment of another home. */
  function forget(name: string, { confirm, actor, reason }: By<schemas.DestroyRequest>): schemas.DestroyResult {
    mustConfirm(name, confirm, `type the name: soundbite destroy ${name}`);
    if (reason === undefined)
      throw new SoundBiteError('usage', `what is recorded of ${name} is forgotten for a reason only`);
    const [environment = '', digits = ''] = name.split('@');
    const home = staged.away.find((one) => one.home.startsWith(digits) && one.environments.includes(environment));
    if (!home) throw new SoundBiteError('environment-unknown', `there is no ${name}`);
    home.environments = home.environments.filter((one) => one !== environment);
    ledger.record('environment.forgotten', `${environment}@${home.home}`, { actor, reason });
    return { environment: name, destroyed: true };
  }

  return {
    adoption(name: string): schemas.AdoptionResult {
      const { live } = at(name);
      const release = newest();
      if (live !== null || release === null)
        throw new SoundBiteError('adoption-refused', `${name} has the live release ${live} already`);
      return { environment: name, release, stacks: [`shop-${name}`], resources: [], removals: [], begun: false };
    },
    bootstrap(name: string, { release, preview }: schemas.BootstrapRequest): schemas.BootstrapResult {
      at(name);
      const added = ['AWS::SQS::Queue Queue (named by CloudFormation)'];
      return { environment: name, changed: !preview, release: release ?? null, added };
    },
    destroy(name: string, request: By<schemas.DestroyRequest>): schemas.DestroyResult {
      if (name.includes('@')) return forget(name, request);
      const { confirm, actor, reason, idempotencyKey } = request;
      const place = at(name);
      mustConfirm(name, confirm, `type the name: soundbite destroy ${name}`);
      const isDone = idempotencyKey !== undefined && destroyed.has(`${name} ${idempotencyKey}`);
      if (!isDone) {
        refuseBusy(promotions, place);
        ledger.record('environment.destroy-asked', name, { actor, reason });
        Object.assign(place, { live: null, history: [] });
        taints.emptied(name, actor);
        ledger.record('environment.destroyed', name, { at: Date.now(), actor });
        destroyed.add(`${name} ${idempotencyKey}`);
      }
      return { environment: name, destroyed: true };
    },
    handBack(name: string, { confirm, actor, reason }: By<schemas.HandbackRequest>): schemas.HandbackResult {
      const place = at(name);
      mustConfirm(name, confirm, `type the name: soundbite handback ${name}`);
      refuseBusy(promotions, place);
      Object.assign(place, { live: null, history: [] });
      taints.emptied(name, actor);
      ledger.record('environment.handed-back', name, { at: Date.now(), actor, reason });
      return { environment: name, handedBack: true };
    },
    takeOver(name: string, confirm: string): schemas.TakeoverResult {
      mustConfirm(name, confirm, `soundbite takeover ${name} --confirm ${name}`);
      const from = staged.heldElsewhere.get(name) ?? null;
      staged.heldElsewhere.delete(name);
      return { environment: name, changed: from !== null, from, live: at(name).live };
    },
  };
}

/** A request, and who asks. */
type By<Request> = Request & { readonly actor: string };

function mustConfirm(name: string, confirm: string, hint: string): void {
  if (confirm !== name) throw new SoundBiteError('not-confirmed', `"${confirm}" is not ${name}`, { hint });
}

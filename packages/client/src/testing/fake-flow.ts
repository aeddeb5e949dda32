import {
  type Acting,
  type Block,
  blockText,
  type Digest,
  decideFlow,
  type Entering,
  type Freeze,
  type GateRecord,
  type Hold,
  type HoldEnder,
  holdsToEnd,
  mustBeAhead,
  SoundBiteError,
} from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { FakePlace, Ledger, Places } from './fake-places.ts';
import type { FakeTaints } from './fake-taints.ts';

interface FakeFlowParts {
  readonly places: Places;
  readonly ledger: Ledger;
  /** Something lets go. */
  changed(): void;
  /** Errors: `release-unknown`. */
  demand(release: Digest): Digest;
  readonly taints: FakeTaints;
  /** What is under way with a release ends. */
  stop(release: Digest, why: string, by: string): void;
}

export type FakeFlow = ReturnType<typeof fakeFlow>;

/** What acts on everything that wants to enter a place, in memory. */
export function fakeFlow({ places, ledger, changed, demand, stop, taints }: FakeFlowParts) {
  let freezes: Freeze[] = [];
  const keys = new Set<string | undefined>();
  const removed = new Map<string, string>();
  let made = 0;
  const inForce = (name?: string): schemas.FreezeList => {
    if (name !== undefined) places.at(name);
    const isMeant = ({ environment, until }: Freeze) =>
      Date.parse(until) > Date.now() && (name === undefined || environment === name);
    return { freezes: freezes.filter(isMeant) };
  };
  /** By their ids, with where they are or were. */
  const everHeld = new Map<string, string>();
  let holds: (Hold & { readonly after: string | null })[] = [];
  const holdsIn = (name: string): schemas.HoldList => {
    const { name: place } = places.at(name);
    const isMeant = ({ environment, until }: Hold) =>
      environment === place && (until === null || Date.parse(until) > Date.now());
    return { holds: holds.filter(isMeant).map(({ after: _, ...hold }) => hold) };
  };
  const addHold = (given: Omit<Hold, 'id'>, after: string | null): void => {
    const id = `h-${++made}`;
    holds = [{ id, ...given, since: new Date().toISOString(), after }, ...holds];
    everHeld.set(id, given.environment);
    const { environment, rolledBackAt: _, ...said } = given;
    ledger.record('hold.added', environment, { hold: id, ...said, ...(after === null ? {} : { after }) });
  };
  const endHolds = (environment: string, by: string, isMeant: (hold: (typeof holds)[number]) => boolean): void => {
    const ended = holds.filter((hold) => hold.environment === environment && isMeant(hold));
    holds = holds.filter((hold) => !ended.includes(hold));
    for (const { id } of ended) ledger.record('hold.ended', environment, { hold: id, by });
    if (ended.length > 0) changed();
  };
  const blocks = new Map<Digest, Block>();
  const setBlock = (block: Block): Block => {
    const { release, blocked, reason, by } = block;
    const known = blocks.get(release);
    if (known?.blocked === blocked && (!blocked || known.reason === reason)) return known;
    if (!known && !blocked) return block;
    const said = { ...block, at: new Date().toISOString() };
    blocks.set(release, said);
    ledger.record(blocked ? 'release.blocked' : 'release.unblocked', release, { reason, by });
    return said;
  };
  const calls = {
    block(release: Digest, { reason }: schemas.BlockRequest, by: string): schemas.BlockView {
      const block = setBlock({ release: demand(release), blocked: true, reason, by });
      stop(release, blockText(block), block.by);
      return block;
    },
    unblock: (release: Digest, { reason = '' }: schemas.UnblockRequest, by: string): schemas.BlockView =>
      setBlock({ release, blocked: false, reason, by }),
    hold(
      name: string,
      { scope, reason, idempotencyKey, ...request }: schemas.HoldRequest,
      by: string,
    ): schemas.HoldList {
      const until = request.until ?? null;
      const { name: environment } = places.at(name);
      if (until !== null) mustBeAhead(until, Date.now());
      if (idempotencyKey === undefined || !keys.has(idempotencyKey))
        addHold({ environment, scope, until: until && new Date(until).toISOString(), reason, by }, null);
      keys.add(idempotencyKey);
      return holdsIn(name);
    },
    resume(name: string, ender: HoldEnder, wanted?: string): schemas.HoldList {
      const own = [...everHeld].some(([id, where]) => id.startsWith(wanted ?? '') && where === places.at(name).name);
      if (wanted !== undefined && !own) throw new SoundBiteError('hold-unknown', `${name} has no hold ${wanted}`);
      const ids = holdsToEnd(holdsIn(name).holds, ender, wanted);
      endHolds(name, ender.name, ({ id }) => ids.includes(id));
      return holdsIn(name);
    },
    freezes: inForce,
    freeze(name: string, { until, reason, idempotencyKey }: schemas.FreezeRequest, by: string): schemas.FreezeList {
      const { name: environment } = places.at(name);
      mustBeAhead(until, Date.now());
      if (idempotencyKey !== undefined && keys.has(idempotencyKey)) return inForce(name);
      keys.add(idempotencyKey);
      const id = `f-${++made}`;
      const from = new Date().toISOString();
      freezes = [{ id, environment, from, until: new Date(until).toISOString(), reason, by }, ...freezes];
      ledger.record('freeze.added', environment, { freeze: id, until, reason, by });
      return inForce(name);
    },
    removeFreeze(id: string, by: string): schemas.FreezeList {
      const found = freezes.find((freeze) => freeze.id === id);
      const environment = found?.environment ?? removed.get(id);
      if (environment === undefined) throw new SoundBiteError('freeze-unknown', `there is no freeze ${id}`);
      if (found) {
        freezes = freezes.filter((freeze) => freeze !== found);
        removed.set(id, environment);
        ledger.record('freeze.removed', environment, { freeze: id, by });
        changed();
      }
      return inForce(environment);
    },
  };
  /** Where a freeze is, or was. */
  const environmentOf = (id: string): string | null =>
    freezes.find((freeze) => freeze.id === id)?.environment ?? removed.get(id) ?? null;
  const blockOf = (release: Digest): Block | null => blocks.get(release) ?? null;
  const acting = (name: string, release: Digest | null): Omit<Acting, 'glass'> => ({
    ...inForce(name),
    ...holdsIn(name),
    block: release && blockOf(release),
    taints: taints.openIn(name),
    before: taints.before(places.at(name)),
  });
  return {
    calls,
    environmentOf,
    acting,
    blockOf,
    says: ({ name }: FakePlace, release: Digest, entering: Entering): readonly GateRecord[] =>
      decideFlow(acting(name, release), entering, Date.now()),
    /** What comes by itself waits from now on. */
    rolledBack: (
      environment: string,
      by: string,
      reason: string | undefined,
      { promotion, createdAt: rolledBackAt }: Pick<schemas.PromotionView, 'promotion' | 'createdAt'>,
    ) =>
      addHold(
        {
          ...{ environment, scope: 'automatic', until: null, rolledBackAt, by },
          reason: `rolled back${reason ? `: ${reason}` : ''}`,
        },
        promotion,
      ),
    reconciled: taints.reconciled,
    /** A person decided how it goes on. */
    decided: (environment: string, by: string) => endHolds(environment, by, ({ after }) => after !== null),
  };
}

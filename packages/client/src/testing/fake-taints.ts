import { type FedFrom, findingsToRaise, SoundBiteError, type Taint, type TaintEnd } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { FakePlace, Ledger, Places } from './fake-places.ts';

interface FakeTaintParts {
  readonly places: Places;
  readonly ledger: Ledger;
  /** Something lets go, or keeps. */
  changed(): void;
}

export type FakeTaints = ReturnType<typeof fakeTaints>;

/** How places were changed outside of promotions, in memory. */
export function fakeTaints({ places, ledger, changed }: FakeTaintParts) {
  let taints: Taint[] = [];
  /** Accepted, and nothing was promoted there since. */
  const accepted = new Set<string>();
  const openIn = (name: string) => taints.filter(({ environment, ended }) => environment === name && ended === null);
  const openOrAccepted = (name: string) =>
    taints.filter(({ id, environment, ended }) => environment === name && (ended === null || accepted.has(id)));
  const end = (name: string, as: TaintEnd, about: { readonly by: string } & Partial<Taint>, wanted?: string): void => {
    const ended = openIn(name).filter(({ id }) => wanted === undefined || id === wanted);
    for (const { id } of ended) ledger.record('taint.ended', name, { taint: id, as, ...about });
    const at = new Date().toISOString();
    taints = taints.map((one) => (ended.includes(one) ? { ...one, ...about, ended: at, endedAs: as } : one));
    for (const { id } of ended) if (as === 'accepted') accepted.add(id);
    if (ended.length > 0) changed();
  };
  const list = (name?: string): schemas.TaintList => {
    if (name !== undefined) places.at(name);
    return { taints: taints.filter(({ environment }) => name === undefined || environment === name) };
  };
  return {
    calls: {
      taints: list,
      acceptTaints(name: string, { reason, taint }: schemas.TaintAcceptance, by: string): schemas.TaintList {
        const { session } = places.at(name);
        if (session !== null)
          throw new SoundBiteError('environment-busy', `dev session ${session} is changing ${name}`);
        if (taint !== undefined && !list(name).taints.some(({ id }) => id === taint))
          throw new SoundBiteError('taint-unknown', `${name} has no taint ${taint}`);
        end(places.at(name).name, 'accepted', { by, reason }, taint);
        return list(name);
      },
      /** Somebody changes a place outside of promotions. */
      taint(name: string, why: Taint['why'], found: readonly string[]): void {
        const { live: release, session } = places.at(name);
        // What a session changes there is no drift.
        if (why === 'drift' && session !== null) return;
        const findings = [...findingsToRaise(why, found, openOrAccepted(name))];
        if (release === null || findings.length === 0) return;
        const id = `t-${taints.length + 1}`;
        const ends = { by: null, ended: null, endedAs: null, reason: null, promotion: null };
        const since = new Date().toISOString();
        taints = [{ id, environment: name, why, findings, since, release, ...ends }, ...taints];
        ledger.record('taint.found', name, { taint: id, why, findings, release });
        changed();
      },
    },
    openIn,
    /** Of the place before one. */
    before(place: FakePlace): FedFrom | null {
      const before = places.before(place);
      return before ? { live: before.live, taints: openOrAccepted(before.name) } : null;
    },
    /** A promotion brought back what was released. */
    reconciled(name: string, by: string, promotion: string): void {
      for (const { id } of openOrAccepted(name)) accepted.delete(id);
      end(name, 'reconciled', { by, promotion });
    },
    /** Nothing is live there any more. */
    emptied(name: string, by: string): void {
      for (const { id } of openOrAccepted(name)) accepted.delete(id);
      end(name, 'emptied', { by });
    },
  };
}

import { decideFlow, type Freeze, type GateRecord, mustBeAhead, SoundBiteError } from '@soundbite/model';
import type * as schemas from '../schemas.ts';
import type { FakePlace, Ledger, Places } from './fake-places.ts';

/** What acts on everything that wants to enter a place, in memory. `changed` is called after every change. */
export function fakeFlow(places: Places, ledger: Ledger, changed: () => void) {
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
  const calls = {
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
      changed();
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
  const says = ({ name }: FakePlace): readonly GateRecord[] => decideFlow(inForce(name), Date.now());
  return { calls, says, environmentOf };
}

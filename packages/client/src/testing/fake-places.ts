import {
  type Digest,
  type Environment,
  entryHash,
  type LedgerEntry,
  rollbackTarget,
  type SucceededPromotion,
} from '@soundbite/model';
import type { EnvironmentState } from '../schemas.ts';
import { unknownError } from './fake-releases.ts';

/** An environment of the fake: what is declared, recorded and the case there. */
export interface FakePlace {
  readonly name: string;
  readonly declaration: Environment;
  live: Digest | null;
  /** Succeeded promotions, newest first. */
  history: readonly SucceededPromotion[];
  generation: number;
  /** Its state, whatever its release. */
  state: EnvironmentState | undefined;
  /** The dev session that has it. */
  session: string | null;
}

export type Places = ReturnType<typeof fakePlaces>;

/** The declared environments in order; `live` names what is live where. */
export function fakePlaces(live: Partial<Record<string, Digest>>, declared: readonly Environment[]) {
  const all = declared.map((declaration): FakePlace => {
    const { name } = declaration;
    const release = live[name] ?? null;
    const history: SucceededPromotion[] = release ? [{ kind: 'promote', release, previous: null }] : [];
    return { name, declaration, live: release, history, generation: 1, state: undefined, session: null };
  });
  return {
    all,
    names: all.map(({ name }) => name),
    at(name: string): FakePlace {
      const found = all.find((place) => place.name === name);
      if (!found) throw unknownError('environment', name);
      return found;
    },
    before: ({ name }: FakePlace): FakePlace | undefined => all[all.findIndex((place) => place.name === name) - 1],
    previousIn: ({ history, live: release }: FakePlace) => rollbackTarget(history, release),
    stateOf: ({ state, live: release }: FakePlace): EnvironmentState => state ?? (release ? 'healthy' : 'empty'),
  };
}

export type Ledger = ReturnType<typeof fakeLedger>;

/** The fake's ledger, linked by hashes as the real one. `told`: of each entry. */
export function fakeLedger(told: (kind: string, subject: string) => void) {
  const entries: LedgerEntry[] = [];
  return {
    entries,
    record(kind: string, subject: string, payload: unknown): void {
      const last = entries.at(-1);
      const rest = {
        sequence: (last?.sequence ?? 0) + 1,
        at: new Date().toISOString(),
        kind,
        subject,
        // As it comes back from a database: without members that are undefined.
        payload: JSON.parse(JSON.stringify(payload)) as unknown,
        previous: last?.hash ?? null,
      };
      entries.push({ ...rest, hash: entryHash(rest) });
      told(kind, subject);
    },
  };
}

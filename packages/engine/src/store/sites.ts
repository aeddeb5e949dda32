import {
  type Declaration,
  type Environment,
  homeOfSite,
  homeSite,
  nameAt,
  type Site,
  sharedSite,
} from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';

/** The home that a control plane belongs to, where its database is shared with others. */
export interface Home {
  readonly id: string;
  /** The machine, as people call it. */
  readonly host: string;
}

/** At which site an environment's records are. */
export interface Sites {
  /** Null: the database is this home's own. */
  readonly home: Home | null;
  of(name: string): Site;
  ofEnvironment(environment: Environment): Site;
}

/** Those of a database that one home has for itself. */
export const ownSites: Sites = { home: null, of: sharedSite, ofEnvironment: ({ name }) => sharedSite(name) };

interface Declared {
  declaration(): Declaration;
  /** Whether an environment runs or is reached through this machine. */
  isHere(environment: Environment): boolean;
}

/**
 * Those of a home beside others, by what is declared today. `recorded`: names that are on record as this home's, declared or not. While the declaration
 * cannot be read an environment is where it was. Errors: those of reading it now.
 */
export function sitesOf(home: Home, { declaration, isHere }: Declared, recorded: readonly string[] = []): Sites {
  const known = new Map(recorded.map((name) => [name, homeSite(name, home.id)]));
  const ofEnvironment: Sites['ofEnvironment'] = (environment) =>
    isHere(environment) ? homeSite(environment.name, home.id) : sharedSite(environment.name);
  const look = (): void => {
    for (const environment of declaration().environments) known.set(environment.name, ofEnvironment(environment));
  };
  look();
  return {
    home,
    ofEnvironment,
    of(name) {
      try {
        look();
      } catch (error) {
        if (!known.has(name)) throw error;
      }
      return known.get(name) ?? sharedSite(name);
    },
  };
}

/** The same, but one environment is where a recorded plan says, whatever is declared by now. */
export function sitesWithin(sites: Sites, environment: Environment): Sites {
  const site = sites.ofEnvironment(environment);
  return { ...sites, of: (name) => (name === environment.name ? site : sites.of(name)) };
}

/** Whether a row is of a site that this home reaches: its own, or a shared one. */
export const isReached = ({ home }: Sites, column: string): RawBuilder<boolean> =>
  home === null ? sql<boolean>`true` : sql<boolean>`split_part(${sql.ref(column)}, '@', 2) in ('', ${home.id})`;

/** Environments that are on record as a home's own; of one that was destroyed the name may be a shared one's by now. */
export async function recordedNames(db: Database, { id }: Home): Promise<string[]> {
  const rows = await db.selectFrom('environments').select(['name', 'declared']).execute();
  const all = new Set(rows.map(({ name }) => name));
  return rows
    .filter(({ name }) => homeOfSite(name) === id)
    .filter(({ name, declared }) => declared !== null || !all.has(sharedSite(nameAt(name))))
    .map(({ name }) => nameAt(name));
}

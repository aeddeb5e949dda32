import type { Digest, PlannedStep, RollbackFloor, Site } from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { isOfThePresent } from './present.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A migration that a promotion ran to its end. */
export interface RanMigration {
  readonly promotion: string;
  /** Whether that promotion succeeded: its release was live with what it migrated. */
  readonly wasLive: boolean;
}

/**
 * What is known of the migrations that services bring. Their outcomes are those of steps, recorded once as all are; a release's migration has run in an
 * environment if such a step has succeeded there since the environment was made.
 */
export function serviceMigrationsRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** Counts a start of a migration, before it; how manieth it is of its release in its environment, from 1. */
    migrationBegun: (id: string, { key }: PlannedStep): Promise<number> =>
      write(async (trx) => {
        await sql`update steps set starts = starts + 1 where promotion = ${id} and key = ${key}`.execute(trx);
        const { rows } = await sql<{ starts: string }>`
          select sum(steps.starts) as starts from promotions this
          join promotions on promotions.environment = this.environment and promotions.release = this.release
          join steps on steps.promotion = promotions.id
          where this.id = ${id} and ${isMigration} and ${isOfThePresent}`.execute(trx);
        return Number(rows[0]?.starts);
      }),

    /** Who ran a release's migration in an environment; null: nobody did to its end. */
    ranMigration: (name: string, release: Digest): Promise<RanMigration | null> =>
      read(async (db) => {
        const { rows } = await sql<RanMigration>`
          select promotions.id as promotion, promotions.state = 'succeeded' as "wasLive" from promotions
          join steps on steps.promotion = promotions.id
          where promotions.environment = ${sites.of(name)} and promotions.release = ${release}
            and ${isMigration} and steps.state = 'succeeded' and ${isOfThePresent}
          order by promotions.state = 'succeeded' desc, promotions.created_at limit 1`.execute(db);
        return rows[0] ?? null;
      }),

    /** Whether a promotion has migrated: it raises the floor when it succeeds. */
    hasMigrated: (id: string): Promise<boolean> =>
      read(async (db) => {
        const { rows } = await sql`select from promotions where id = ${id} and ${hasMigrated}`.execute(db);
        return rows.length > 0;
      }),

    /** The floor of an environment; null: there is none. */
    rollbackFloor: (name: string): Promise<RollbackFloor | null> =>
      read(async (db) => (await floorAt(db, sites.of(name)))?.release ?? null),

    /** The floor, if a release lies below it; null: it was never live there, or since, or there is none. */
    floorAbove: (name: string, release: Digest): Promise<RollbackFloor | null> =>
      read(async (db) => {
        const site = sites.of(name);
        const floor = await floorAt(db, site);
        if (!floor || floor.release === release) return null;
        const { rows } = await sql<{ last: Date | null }>`
          select max(finished_at) as last from promotions
          where environment = ${site} and release = ${release} and state = 'succeeded' and ${isOfThePresent}`.execute(
          db,
        );
        const last = rows[0]?.last ?? null;
        return last !== null && last < floor.finished_at ? floor.release : null;
      }),
  };
}

const isMigration = sql<boolean>`steps.name = 'migration'`;

/** Of a row of `promotions`: its release's migration stands behind it. */
export const hasMigrated: RawBuilder<boolean> = sql<boolean>`exists (
  select from steps where steps.promotion = promotions.id and ${isMigration} and steps.state = 'succeeded')`;

interface FloorRow {
  readonly release: Digest;
  readonly finished_at: Date;
}

async function floorAt(db: Database, site: Site): Promise<FloorRow | undefined> {
  const { rows } = await sql<FloorRow>`
    select release, finished_at from promotions
    where environment = ${site} and state = 'succeeded' and ${isOfThePresent} and ${hasMigrated}
    order by finished_at desc limit 1`.execute(db);
  return rows[0];
}

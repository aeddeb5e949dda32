import type { Site } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { type Database, throughOutages } from './database.ts';
import { announce } from './events.ts';
import type { Tables } from './schema.ts';
import { ownSites } from './sites.ts';

/** A session without a heartbeat for this long has lost its lock. */
const staleAfter = '15 seconds';

/** Sessions and promotions enter an environment one at a time: the first to look is the first to act. Held until the transaction ends. */
export async function enterEnvironment(trx: Transaction<Tables>, environment: Site): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`soundbite-environment/${environment}`}, 0))`.execute(trx);
}

/** The live `dev` session that holds an environment; null: none. */
export async function liveHolder(db: Database | Transaction<Tables>, environment: Site): Promise<string | null> {
  const row = await db
    .selectFrom('locks')
    .select('holder')
    .where('environment', '=', environment)
    .where('beat_at', '>', sql<Date>`clock_timestamp() - ${sql.lit(staleAfter)}::interval`)
    .executeTakeFirst();
  return row?.holder ?? null;
}

async function isPromoting(trx: Transaction<Tables>, environment: Site): Promise<boolean> {
  const row = await trx
    .selectFrom('promotions')
    .select('id')
    .where('environment', '=', environment)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return row !== undefined;
}

/** Locks that `dev` sessions hold on environments; promotions wait for them. */
export function locks(db: Database, patienceMs = 60_000, sites = ownSites) {
  const patiently = <T>(work: () => Promise<T>): Promise<T> => throughOutages(work, patienceMs);
  return {
    /** The live holder; null: none. */
    holder: (name: string): Promise<string | null> => patiently(() => liveHolder(db, sites.of(name))),

    /** Takes or renews it; false when another live session holds it, or when a promotion has begun since the own session went stale. */
    hold: (name: string, holder: string): Promise<boolean> =>
      patiently(() =>
        db.transaction().execute(async (trx) => {
          const environment = sites.of(name);
          await enterEnvironment(trx, environment);
          const standing = await liveHolder(trx, environment);
          if (standing !== null && standing !== holder) return false;
          if (standing === null && (await isPromoting(trx, environment))) return false;
          await trx
            .insertInto('locks')
            .values({ environment, holder })
            .onConflict((conflict) =>
              conflict.column('environment').doUpdateSet({ holder, beat_at: sql`clock_timestamp()` }),
            )
            .execute();
          if (standing !== holder) await announce(trx, { kind: 'lock', subject: environment, view: { holder } });
          return true;
        }),
      ),

    release: (name: string, holder: string): Promise<void> =>
      patiently(() =>
        db.transaction().execute(async (trx) => {
          const environment = sites.of(name);
          const gone = await trx
            .deleteFrom('locks')
            .where('environment', '=', environment)
            .where('holder', '=', holder)
            .executeTakeFirst();
          if (gone.numDeletedRows > 0n)
            await announce(trx, { kind: 'lock', subject: environment, view: { holder: null } });
        }),
      ),
  };
}

export type Locks = ReturnType<typeof locks>;

import { sql } from 'kysely';
import { type Database, throughOutages } from './database.ts';

/** A session whose heart has not beaten for this long holds nothing any more. */
const staleAfter = '15 seconds';

/** Locks that `dev` sessions hold on environments; promotions wait for them. */
export function locks(db: Database, patienceMs = 60_000) {
  const patiently = <T>(work: () => Promise<T>): Promise<T> => throughOutages(work, patienceMs);
  return {
    /** Who holds it; null: nobody alive. */
    holder: (environment: string): Promise<string | null> =>
      patiently(async () => {
        const row = await db
          .selectFrom('locks')
          .select('holder')
          .where('environment', '=', environment)
          .where('beat_at', '>', sql<Date>`now() - ${sql.lit(staleAfter)}::interval`)
          .executeTakeFirst();
        return row?.holder ?? null;
      }),

    /** Takes or renews it; false when another live session holds it. */
    hold: (environment: string, holder: string): Promise<boolean> =>
      patiently(async () => {
        const { rows } = await sql<{ holder: string }>`
          insert into locks (environment, holder) values (${environment}, ${holder})
          on conflict (environment) do update set holder = excluded.holder, beat_at = now()
          where locks.holder = excluded.holder or locks.beat_at <= now() - ${sql.lit(staleAfter)}::interval
          returning holder`.execute(db);
        return rows.length > 0;
      }),

    release: (environment: string, holder: string): Promise<void> =>
      patiently(async () => {
        await db.deleteFrom('locks').where('environment', '=', environment).where('holder', '=', holder).execute();
      }),
  };
}

export type Locks = ReturnType<typeof locks>;

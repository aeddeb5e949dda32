import type { Action } from '@soundbite/model';
import { sql } from 'kysely';
import type { UnitOfWork } from './unit-of-work.ts';

/** Who asked for what in one minute, and how often. */
export interface RecordedAccess {
  /** ISO time of the minute. */
  readonly minute: string;
  readonly actor: string;
  /** The token's name; empty: the home's own secret, or nobody's. */
  readonly token: string;
  readonly operation: string;
  readonly action: Action;
  readonly places: string;
  readonly allowed: boolean;
  readonly times: number;
}

/** How long it is kept that somebody looked; what was changed, and what was refused, stays. */
const looksKept = sql`interval '30 days'`;

/** Who asked for what. */
export function accessesRepository({ read, write }: UnitOfWork) {
  return {
    /** Adds to what is on record of the same minute. */
    recordAccesses: (accesses: readonly RecordedAccess[]): Promise<void> =>
      write(async (trx) => {
        if (accesses.length === 0) return;
        await trx
          .insertInto('accesses')
          .values([...accesses])
          .onConflict((conflict) =>
            conflict
              .columns(['minute', 'actor', 'token', 'operation', 'places', 'allowed'])
              .doUpdateSet({ times: sql<number>`accesses.times + excluded.times` }),
          )
          .execute();
      }),

    /** Newest first. */
    accesses: (about: {
      readonly actor?: string | undefined;
      readonly refused?: boolean;
      readonly limit: number;
    }): Promise<RecordedAccess[]> =>
      read(async (db) => {
        let rows = db.selectFrom('accesses').selectAll().orderBy('minute', 'desc').orderBy('operation');
        if (about.actor !== undefined) rows = rows.where('actor', '=', about.actor);
        if (about.refused) rows = rows.where('allowed', '=', false);
        return (await rows.limit(about.limit).execute()).map((row) => ({ ...row, minute: row.minute.toISOString() }));
      }),

    pruneLooks: (): Promise<void> =>
      write(async (trx) => {
        await trx
          .deleteFrom('accesses')
          .where('action', '=', 'look')
          .where('allowed', '=', true)
          .where(sql<boolean>`minute < now() - ${looksKept}`)
          .execute();
      }),
  };
}

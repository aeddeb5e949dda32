import { randomUUID } from 'node:crypto';
import { type Freeze, nameAt, type Site } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { actingOn, freezeOf } from './acting.ts';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import { isReached, type Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A freeze as somebody asks for it; the same key is the same request. */
export interface NewFreeze extends Pick<Freeze, 'environment' | 'until' | 'reason' | 'by'> {
  readonly idempotencyKey?: string | undefined;
}

/** Times in which nothing enters an environment. Who waits for them hears of every change. */
export function freezesRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    addFreeze(given: NewFreeze): Promise<void> {
      // Before the unit of work, which may be repeated.
      const id = randomUUID();
      return write((trx) => add(trx, id, sites.of(given.environment), given));
    },

    /** In force, newest first; of all environments within reach when none is named. */
    freezes: (environment?: string): Promise<readonly Freeze[]> =>
      read(async (db) => {
        const all = inForce(db).where(isReached(sites, 'environment'));
        const of = environment === undefined ? all : all.where('environment', '=', sites.of(environment));
        return (await of.execute()).map(freezeOf);
      }),

    /** Takes one away before its end; one that has ended is left as it is. Its environment; null: there was none of this id. */
    removeFreeze: (id: string, by: string): Promise<string | null> =>
      write(async (trx) => {
        const found = await trx
          .selectFrom('freezes')
          .select(['environment', 'removed_at'])
          .where('id', '=', id)
          .where(isReached(sites, 'environment'))
          .forUpdate()
          .executeTakeFirst();
        if (!found) return null;
        if (found.removed_at === null) await remove(trx, id, found.environment, by);
        return nameAt(found.environment);
      }),
  };
}

async function add(trx: Transaction<Tables>, id: string, site: Site, given: NewFreeze): Promise<void> {
  const { until, reason, by, idempotencyKey } = given;
  const row = { id, environment: site, until, reason, actor: by, idempotency_key: idempotencyKey ?? null };
  const inserted = await trx
    .insertInto('freezes')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return;
  await append(trx, {
    ...{ kind: 'freeze.added', subject: site, key: `freeze/${id}/added` },
    payload: { freeze: id, until, reason, by },
  });
  await tell(trx, site);
}

async function remove(trx: Transaction<Tables>, id: string, site: Site, by: string): Promise<void> {
  await trx.updateTable('freezes').set({ removed_at: sql<Date>`now()`, removed_by: by }).where('id', '=', id).execute();
  await append(trx, {
    ...{ kind: 'freeze.removed', subject: site, key: `freeze/${id}/removed` },
    payload: { freeze: id, by },
  });
  await tell(trx, site);
}

const inForce = (db: Database) =>
  db
    .selectFrom('freezes')
    .selectAll()
    .where('removed_at', 'is', null)
    .where('until', '>', sql<Date>`now()`)
    .orderBy('sequence', 'desc');

async function tell(trx: Transaction<Tables>, site: Site): Promise<void> {
  const { freezes } = await actingOn(trx, site);
  await announce(trx, { kind: 'freeze', subject: site, view: { freezes } });
}

import { randomUUID } from 'node:crypto';
import { type Acting, type Digest, type Hold, type Site, storable } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { actingOn } from './acting.ts';
import { announce } from './events.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** A hold as somebody asks for it; the same key is the same request. */
export interface NewHold extends Pick<Hold, 'environment' | 'scope' | 'until' | 'reason' | 'by'> {
  readonly idempotencyKey?: string | undefined;
}

/** What keeps releases out of an environment until somebody resumes it. Who waits for that hears of every change. */
export function holdsRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** Freezes, holds and taints of an environment, newest first, whether a release is blocked, and the taints of the environment before, where there is one. */
    acting: (environment: string, release: Digest | null, before?: string): Promise<Acting> =>
      read((db) =>
        actingOn(db, sites.of(environment), { release, before: before === undefined ? null : sites.of(before) }),
      ),

    hold({ environment, ...given }: NewHold): Promise<void> {
      // Before the unit of work, which may be repeated.
      const id = randomUUID();
      return write((trx) => addHold(trx, sites.of(environment), { ...given, after: null, id }));
    },

    /** Whether an environment has, or had, a hold whose id is this one or begins so. */
    hadHold: (environment: string, id: string): Promise<boolean> =>
      read(async (db) => {
        const found = db.selectFrom('holds').select('id').where('environment', '=', sites.of(environment));
        return (await found.where(sql<boolean>`starts_with(id, ${id})`).limit(1).executeTakeFirst()) !== undefined;
      }),

    /** Ends those of these ids that are in force. */
    resume: (environment: string, ids: readonly string[], by: string): Promise<void> =>
      write((trx) => endHolds(trx, sites.of(environment), by, ids)),
  };
}

interface HoldRow extends Omit<NewHold, 'environment'> {
  /** The rollback that made it; null: a person did. */
  readonly after: string | null;
  /** A new one when absent. */
  readonly id?: string;
}

/** Once for each key, and for each rollback. */
export async function addHold(trx: Transaction<Tables>, site: Site, given: HoldRow): Promise<void> {
  const { scope, until, reason, by, after, idempotencyKey = null, id = randomUUID() } = given;
  const row = { id, environment: site, scope, until, reason, actor: by, after, idempotency_key: idempotencyKey };
  const inserted = await trx
    .insertInto('holds')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return;
  const payload = storable({ hold: id, scope, until, reason, by, ...(after === null ? {} : { after }) });
  await append(trx, { kind: 'hold.added', subject: site, payload, key: `hold/${id}/added` });
  await tell(trx, site);
}

/** Ends holds of these ids, or (without ids) those that rollbacks made. */
export async function endHolds(
  trx: Transaction<Tables>,
  site: Site,
  by: string,
  ids: readonly string[] | null,
): Promise<void> {
  const ended = await trx
    .updateTable('holds')
    .set({ ended_at: sql<Date>`now()`, ended_by: by })
    .where('environment', '=', site)
    .where('ended_at', 'is', null)
    .where(ids === null ? sql<boolean>`after is not null` : sql<boolean>`id = any(${[...ids]}::text[])`)
    .returning('id')
    .execute();
  for (const { id } of ended)
    await append(trx, { kind: 'hold.ended', subject: site, payload: { hold: id, by }, key: `hold/${id}/ended` });
  if (ended.length > 0) await tell(trx, site);
}

async function tell(trx: Transaction<Tables>, site: Site): Promise<void> {
  const { holds } = await actingOn(trx, site);
  await announce(trx, { kind: 'hold', subject: site, view: { holds } });
}

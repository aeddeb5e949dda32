import { nameAt, type PromotionRequest } from '@soundbite/model';
import { sql } from 'kysely';
import { type Decision, recordDecision } from './admission.ts';
import { type Asked, askedFor, insertPromotion, keyAt, type NewPromotion } from './promotion-rows.ts';
import { namesOf, unfinished, wasAskedHere } from './promotion-sets.ts';
import type { Home, Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** Promotions from the request until it is decided whether they are let in. */
export function promotionRequests({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** The same id or idempotency key twice is one promotion: returns the id that stands. */
    create: (promotion: NewPromotion): Promise<string> =>
      write(async (trx) => {
        if (await insertPromotion(trx, sites, promotion)) return promotion.id;
        const { environment, idempotencyKey } = promotion.request;
        const key = keyAt(sites.of(environment), idempotencyKey) ?? '';
        const standing = await trx
          .selectFrom('promotions')
          .select('id')
          .where((where) => where.or([where('id', '=', promotion.id), where('idempotency_key', '=', key)]))
          .executeTakeFirstOrThrow();
        return standing.id;
      }),

    /** The promotion that was asked for with a key, and its request. */
    withKey: (key: string): Promise<{ id: string; request: PromotionRequest } | null> =>
      read(async (db) => {
        const row = await db
          .selectFrom('promotions')
          .select(['id', 'request'])
          .where('idempotency_key', 'in', sites.home === null ? [key] : [key, `${key}@${sites.home.id}`])
          .executeTakeFirst();
        return row ? { id: row.id, request: row.request as PromotionRequest } : null;
      }),

    /** Where a promotion or a freeze is; null: there is none of that id. */
    environmentOf: (id: string): Promise<string | null> =>
      read(async (db) => {
        const row = await db
          .selectFrom('promotions')
          .select('environment')
          .where('id', '=', id)
          .union(db.selectFrom('freezes').select('environment').where('id', '=', id))
          .executeTakeFirst();
        return row ? nameAt(row.environment) : null;
      }),

    asked: (id: string): Promise<Asked> =>
      read(async (db) => {
        const row = await db.selectFrom('promotions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
        return askedFor(row);
      }),

    /** Records whether it is let in. False: that was recorded before, somebody else records it now, or it has ended. */
    decided: (id: string, decision: Decision): Promise<boolean> =>
      write(async (trx) => {
        const row = await trx
          .selectFrom('promotions')
          .selectAll()
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .where('admitted_at', 'is', null)
          .forUpdate()
          .skipLocked()
          .executeTakeFirst();
        if (!row) return false;
        await recordDecision(trx, sites, row, decision);
        return true;
      }),

    /**
     * The promotions whose admission is to be decided now (`early`: or later) and by this home, oldest first: who asked knows what is live before.
     */
    undecided: (early = false): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) =>
        namesOf(
          unfinished(db, sites)
            .where('admitted_at', 'is', null)
            .where(sql<boolean>`(${early} or decide_at <= now())`)
            .where(wasAskedHere(sites)),
        ),
      ),

    /** Promotions into shared environments that other homes are to decide, and have not for so many ms. */
    undecidedElsewhere: (sinceMs: number): Promise<{ readonly id: string; readonly home: Home }[]> =>
      read(async (db) => {
        const rows = await unfinished(db, sites)
          .select(['home', 'host'])
          .where('admitted_at', 'is', null)
          .where('reason', 'is', null)
          .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${sinceMs / 1000})`)
          .where(sql<boolean>`not ${wasAskedHere(sites)}`)
          .execute();
        return rows.map(({ id, home, host }) => ({ id, home: { id: home ?? '', host: host ?? '' } }));
      }),
  };
}

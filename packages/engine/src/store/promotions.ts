import {
  type Digest,
  isFinal,
  keptDetail,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  planDigest,
} from '@soundbite/model';
import { sql } from 'kysely';
import { type Decision, recordDecision } from './admission.ts';
import type { Database } from './database.ts';
import { environmentRecord, isOfThePresent, recordDeclared } from './environment-record.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import { type Asked, askedFor, end, insertPromotion, type NewPromotion } from './promotion-rows.ts';
import { expectedSeconds } from './steps.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { changed, type RevisedView, views } from './views.ts';

/** What a promotion finds when it holds its environment. */
export interface Held {
  readonly live: Digest | null;
  /** Where a rollback goes that names nothing; null: nowhere. */
  readonly wayBack: Digest | null;
}

/** Promotions: from the request to the end. Every change puts its fact into the ledger and its event beside it, in the same transaction. */
export function promotionsRepository({ read, write }: UnitOfWork) {
  return {
    /** The same id or idempotency key twice is one promotion: returns the id that stands. */
    create: (promotion: NewPromotion): Promise<string> =>
      write(async (trx) => {
        if (await insertPromotion(trx, promotion)) return promotion.id;
        const key = promotion.request.idempotencyKey ?? '';
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
          .where('idempotency_key', '=', key)
          .executeTakeFirst();
        return row ? { id: row.id, request: row.request as PromotionRequest } : null;
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
        await recordDecision(trx, row, decision);
        return true;
      }),

    /** The promotions whose admission is to be decided now, oldest first. */
    undecided: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) =>
        unfinished(db).where('admitted_at', 'is', null).where('decide_at', '<=', sql<Date>`now()`).execute(),
      ),

    /**
     * It holds the environment and begins: its plan is recorded, once. Nothing has begun where a `dev` session has the environment (`held`), or where it
     * was stopped meanwhile (`over`).
     */
    begin: (
      id: string,
      environment: string,
      plan: (held: Held) => PromotionPlan,
    ): Promise<PromotionPlan | 'held' | 'over'> =>
      write(async (trx) => {
        await enterEnvironment(trx, environment);
        const row = await trx
          .selectFrom('promotions')
          .select(['plan', 'finished_at'])
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (row.finished_at !== null) return 'over';
        if (row.plan !== null) return row.plan as PromotionPlan;
        if ((await liveHolder(trx, environment)) !== null) return 'held';
        const { liveRelease, previousRelease } = await environmentRecord(trx, environment);
        const made = plan({ live: liveRelease, wayBack: previousRelease });
        await trx
          .updateTable('promotions')
          .set({
            state: 'running',
            reason: null,
            release: made.release,
            previous: made.previous,
            plan: JSON.stringify(made),
            usual: JSON.stringify(Object.fromEntries(await expectedSeconds(trx, environment))),
          })
          .where('id', '=', id)
          .execute();
        await recordDeclared(trx, made.environment);
        await append(trx, {
          kind: 'promotion.planned',
          subject: id,
          payload: { plan: planDigest(made), steps: made.steps.map(({ key }) => key) },
          key: `${id}/planned`,
        });
        await changed(trx, id);
        return made;
      }),

    /** Why it waits or what it tries again; shown, and gone with the next change of its state. */
    note: (id: string, text: string): Promise<void> =>
      write(async (trx) => {
        const reason = keptDetail(text);
        const row = await trx
          .updateTable('promotions')
          .set({ reason })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .where('reason', 'is distinct from', reason)
          .executeTakeFirst();
        if (row.numUpdatedRows > 0n) await changed(trx, id);
      }),

    /** Ends it, once. One that succeeds begins the next of its request; the reason of any other end says what is never begun. */
    finish: (id: string, state: PromotionState, reason: string | null): Promise<void> =>
      write(async (trx) => {
        const row = await trx
          .selectFrom('promotions')
          .selectAll()
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (!isFinal(row.state)) await end(trx, row, state, reason);
      }),

    /**
     * A person asks it to stop: nothing follows it from now on, even if it is too late to stop itself. One that only waits ends at once; one that runs
     * hears of it. False: it has ended.
     */
    stop: (id: string, reason: string): Promise<boolean> =>
      write(async (trx) => {
        const row = await trx
          .selectFrom('promotions')
          .selectAll()
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (!row) return false;
        if (row.stopped !== null) return true;
        const stopped = keptDetail(reason);
        await trx.updateTable('promotions').set({ stopped }).where('id', '=', id).execute();
        await append(trx, { kind: 'promotion.stop-asked', subject: id, payload: { reason }, key: `${id}/stop` });
        if (row.state === 'waiting') await end(trx, { ...row, stopped }, 'aborted', stopped);
        else await changed(trx, id);
        return true;
      }),

    /** Its workflow ended in an unforeseen way: whoever takes it up next undoes what it did. */
    breakOff: (id: string, reason: string): Promise<void> =>
      write(async (trx) => {
        const open = await trx
          .updateTable('promotions')
          .set({ broken: sql<string>`coalesce(broken, ${keptDetail(reason)})` })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .executeTakeFirst();
        if (open.numUpdatedRows === 0n) return;
        await append(trx, { kind: 'promotion.broken', subject: id, payload: { reason }, key: `${id}/broken` });
      }),

    /** Ends a rollback that does not succeed: a person takes it in hand. */
    giveUp: (id: string, reason: string): Promise<void> =>
      write(async (trx) => {
        await trx
          .updateTable('promotions')
          .set({ given_up: sql<string>`coalesce(given_up, ${keptDetail(reason)})` })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .execute();
        await append(trx, { kind: 'promotion.given-up', subject: id, payload: { reason }, key: `${id}/given-up` });
        await changed(trx, id);
      }),

    /** Counts the next workflow of a promotion whose last one ended; false: another control plane did so already. */
    nextRun: (id: string, runs: number): Promise<boolean> =>
      write(async (trx) => {
        const counted = await trx
          .updateTable('promotions')
          .set({ runs: runs + 1 })
          .where('id', '=', id)
          .where('runs', '=', runs)
          .where('finished_at', 'is', null)
          .executeTakeFirst();
        return counted.numUpdatedRows > 0n;
      }),

    /** The promotion that an ended one went on to. */
    follower: (id: string): Promise<{ readonly id: string; readonly environment: string } | null> =>
      read(async (db) => {
        const followers = db.selectFrom('promotions').select(['id', 'environment']).where('follows', '=', id);
        return (await followers.executeTakeFirst()) ?? null;
      }),

    view: (id: string): Promise<RevisedView | null> =>
      read(async (db) => (await views(db, (query) => query.where('id', '=', id)))[0] ?? null),

    /** The number that changes with every change of a promotion's view; null: there is none. */
    revision: (id: string): Promise<number | null> =>
      read(async (db) => {
        const row = await db.selectFrom('promotions').select('revision').where('id', '=', id).executeTakeFirst();
        return row?.revision ?? null;
      }),

    /** Ids of the promotions that have not ended and are of an environment, or go on to it. */
    comingInto: (environment: string): Promise<string[]> =>
      read(async (db) => {
        const rows = await unfinished(db)
          .where((where) =>
            where.or([
              where('environment', '=', environment),
              sql<boolean>`${environment} = any(rest) and stopped is null`,
            ]),
          )
          .execute();
        return rows.map(({ id }) => id);
      }),

    /** Promotions that were let in and have not ended, oldest first. */
    open: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) => unfinished(db).where('admitted_at', 'is not', null).execute()),

    /** Newest first. `present`: only those of the environment that stands now, not of one destroyed before. */
    list: (options: {
      environment?: string;
      limit: number;
      unfinished?: boolean;
      present?: boolean;
    }): Promise<RevisedView[]> =>
      read((db) =>
        views(db, (query) => {
          const here = options.environment === undefined ? query : query.where('environment', '=', options.environment);
          const open = options.unfinished ? here.where('state', 'in', ['waiting', 'running']) : here;
          const chosen = options.present ? open.where(isOfThePresent) : open;
          return chosen.orderBy('created_at', 'desc').limit(options.limit);
        }),
      ),
  };
}

/** Promotions that have not ended, oldest first. */
const unfinished = (db: Database) =>
  db.selectFrom('promotions').select(['id', 'environment']).where('finished_at', 'is', null).orderBy('created_at');

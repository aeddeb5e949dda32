import {
  type Digest,
  homeOfSite,
  isFinal,
  keptDetail,
  nameAt,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  planDigest,
  type Site,
} from '@soundbite/model';
import { sql } from 'kysely';
import { type Decision, recordDecision } from './admission.ts';
import type { Database } from './database.ts';
import { environmentRecord, isOfThePresent, recordDeclared } from './environment-record.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import { type Asked, askedFor, end, insertPromotion, keyAt, type NewPromotion } from './promotion-rows.ts';
import { type Home, isReached, type Sites } from './sites.ts';
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
export function promotionsRepository({ read, write }: UnitOfWork, sites: Sites) {
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

    /** The promotions whose admission is to be decided now and by this home, oldest first: who asked knows what is live before. */
    undecided: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) =>
        namesOf(
          unfinished(db, sites)
            .where('admitted_at', 'is', null)
            .where('decide_at', '<=', sql<Date>`now()`)
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

    /**
     * It holds the environment and begins: its plan is recorded, once. Nothing has begun where a `dev` session has the environment (`held`), or where it
     * was stopped meanwhile (`over`).
     */
    begin: (id: string, site: Site, plan: (held: Held) => PromotionPlan): Promise<PromotionPlan | 'held' | 'over'> =>
      write(async (trx) => {
        await enterEnvironment(trx, site);
        const row = await trx
          .selectFrom('promotions')
          .select(['plan', 'finished_at', 'actor', 'host'])
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        if (row.finished_at !== null) return 'over';
        if (row.plan !== null) return row.plan as PromotionPlan;
        if ((await liveHolder(trx, site)) !== null) return 'held';
        const { liveRelease, previousRelease } = await environmentRecord(trx, site);
        const made = plan({ live: liveRelease, wayBack: previousRelease });
        await trx
          .updateTable('promotions')
          .set({
            state: 'running',
            reason: null,
            release: made.release,
            previous: made.previous,
            plan: JSON.stringify(made),
            usual: JSON.stringify(Object.fromEntries(await expectedSeconds(trx, site))),
          })
          .where('id', '=', id)
          .execute();
        await recordDeclared(trx, site, made.environment, row);
        await append(trx, {
          kind: 'promotion.planned',
          subject: id,
          payload: { plan: planDigest(made), steps: made.steps.map(({ key }) => key) },
          key: `${id}/planned`,
        });
        await changed(trx, id);
        return made;
      }),

    /** Why it waits or what it tries again; shown, and gone with the next change of its state or with null. */
    note: (id: string, text: string | null): Promise<void> =>
      write(async (trx) => {
        const reason = text === null ? null : keptDetail(text);
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
        if (!isFinal(row.state)) await end(trx, sites, row, state, reason);
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
        if (row.state === 'waiting') await end(trx, sites, { ...row, stopped }, 'aborted', stopped);
        else await changed(trx, id);
        return true;
      }),

    /** Its workflow ended in an unforeseen way: whoever takes it up next undoes what it did. A rollback goes on, and says so. */
    breakOff: (id: string, reason: string): Promise<void> =>
      write(async (trx) => {
        const why = keptDetail(reason);
        const open = await trx
          .updateTable('promotions')
          .set({
            broken: sql<string>`case when kind = 'rollback' then broken else coalesce(broken, ${why}) end`,
            reason: sql<string>`case when kind = 'rollback' then ${`${why}; it goes on`} else reason end`,
          })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .executeTakeFirst();
        if (open.numUpdatedRows === 0n) return;
        await append(trx, { kind: 'promotion.broken', subject: id, payload: { reason }, key: `${id}/broken` });
        await changed(trx, id);
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
        return (await namesOf(followers))[0] ?? null;
      }),

    view: (id: string): Promise<RevisedView | null> =>
      read(async (db) => (await views(db, (query) => query.where('id', '=', id))).map(seenFrom(sites))[0] ?? null),

    /** The number that changes with every change of a promotion's view; null: there is none. */
    revision: (id: string): Promise<number | null> =>
      read(async (db) => {
        const row = await db.selectFrom('promotions').select('revision').where('id', '=', id).executeTakeFirst();
        return row?.revision ?? null;
      }),

    /** Ids of the promotions that have not ended and are of an environment, or go on to it. */
    comingInto: (name: string): Promise<string[]> =>
      read(async (db) => {
        const site = sites.of(name);
        const goesOn = sql<boolean>`(${name} = any(rest) and stopped is null)`;
        const mayCome = homeOfSite(site) === null ? goesOn : sql<boolean>`${goesOn} and ${wasAskedHere(sites)}`;
        const rows = await unfinished(db, sites)
          .where((where) => where.or([where('environment', '=', site), mayCome]))
          .execute();
        return rows.map(({ id }) => id);
      }),

    /** Promotions within this home's reach that were let in and have not ended, oldest first. */
    open: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) => namesOf(unfinished(db, sites).where('admitted_at', 'is not', null))),

    /**
     * Newest first; within this home's reach, or `everywhere`. `present`: only those of the environment that stands now, not of one destroyed before.
     */
    list: (options: {
      environment?: string;
      limit: number;
      unfinished?: boolean;
      present?: boolean;
      everywhere?: boolean;
    }): Promise<RevisedView[]> =>
      read(async (db) => {
        const found = await views(db, (query) => {
          const reached = options.everywhere ? query : query.where(isReached(sites, 'environment'));
          const { environment } = options;
          const here = environment === undefined ? reached : reached.where('environment', '=', sites.of(environment));
          const open = options.unfinished ? here.where('state', 'in', ['waiting', 'running']) : here;
          const chosen = options.present ? open.where(isOfThePresent) : open;
          return chosen.orderBy('created_at', 'desc').limit(options.limit);
        });
        return found.map(seenFrom(sites));
      }),
  };
}

/** A view as a home sees it: whose an environment is, is said where it is another's. */
const seenFrom =
  (sites: Sites) =>
  ({ home, ...view }: RevisedView): RevisedView =>
    home === undefined || home === sites.home?.id ? view : { ...view, home };

/** Promotions within reach that have not ended, oldest first. */
const unfinished = (db: Database, sites: Sites) =>
  db
    .selectFrom('promotions')
    .select(['id', 'environment'])
    .where('finished_at', 'is', null)
    .where(isReached(sites, 'environment'))
    .orderBy('created_at');

/** A promotion of the time when there were no homes may be decided by any. */
const wasAskedHere = ({ home }: Sites) =>
  home === null ? sql<boolean>`true` : sql<boolean>`coalesce(promotions.home, ${home.id}) = ${home.id}`;

/** What a query finds, with environments as they are named at their sites. */
async function namesOf(query: {
  execute(): Promise<{ readonly id: string; readonly environment: Site }[]>;
}): Promise<{ readonly id: string; readonly environment: string }[]> {
  return (await query.execute()).map(({ id, environment }) => ({ id, environment: nameAt(environment) }));
}

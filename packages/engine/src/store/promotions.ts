import { randomUUID } from 'node:crypto';
import {
  type Digest,
  isFinal,
  keptDetail,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  planDigest,
  storable,
  waitsBehind,
  wellFormed,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { environmentRecord, isOfThePresent, recordDeclared } from './environment-record.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import type { Tables } from './schema.ts';
import { expectedSeconds } from './steps.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { changed, type PromotionRow, type RevisedView, views } from './views.ts';

export interface NewPromotion {
  readonly id: string;
  readonly request: PromotionRequest;
  readonly release: Digest;
  /** What was live when it was asked for. */
  readonly previous: Digest | null;
  /** Digest of the declaration when it was asked for. */
  readonly declaration: string;
  /** Environments that it is asked to go on to. */
  readonly rest: readonly string[];
  /** The promotion whose success begins it. */
  readonly follows: string | null;
  /** The promotion under way that it is asked to stop. */
  readonly aborts?: string | null;
}

/** What a promotion finds when it holds its environment. */
export interface Held {
  readonly live: Digest | null;
  /** Where a rollback goes that names nothing; null: nowhere. */
  readonly wayBack: Digest | null;
}

/** What was asked for, and how far it has come. */
export interface Asked {
  readonly request: PromotionRequest;
  readonly release: Digest;
  readonly state: PromotionState;
  readonly plan: PromotionPlan | null;
  readonly stopped: string | null;
  readonly broken: string | null;
  readonly givenUp: string | null;
  readonly aborts: string | null;
  readonly runs: number;
  readonly createdAt: number;
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

    /**
     * Decides whether it is let in. `decide` must be brief: the row is locked meanwhile. `elsewhere`: it was decided before, somebody else decides now,
     * or it has ended.
     */
    admission: (id: string, decide: (asked: Asked) => Promise<Decision>): Promise<Decision['is'] | 'elsewhere'> =>
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
        if (!row) return 'elsewhere';
        const decision = await decide(askedFor(row));
        await record(trx, row, decision);
        return decision.is;
      }),

    /** The promotions whose admission is to be decided now, oldest first. */
    undecided: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) =>
        db
          .selectFrom('promotions')
          .select(['id', 'environment'])
          .where('finished_at', 'is', null)
          .where('admitted_at', 'is', null)
          .where('decide_at', '<=', sql<Date>`now()`)
          .orderBy('created_at')
          .execute(),
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
        const stopped = row.stopped ?? keptDetail(reason);
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

    /** Ids of the promotions that have not ended and are of an environment, or go on to it. */
    comingInto: (environment: string): Promise<string[]> =>
      read(async (db) => {
        const rows = await db
          .selectFrom('promotions')
          .select('id')
          .where('finished_at', 'is', null)
          .where((where) =>
            where.or([
              where('environment', '=', environment),
              sql<boolean>`${environment} = any(rest) and stopped is null`,
            ]),
          )
          .orderBy('created_at')
          .execute();
        return rows.map(({ id }) => id);
      }),

    /** Promotions that were let in and have not ended, oldest first. */
    open: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) =>
        db
          .selectFrom('promotions')
          .select(['id', 'environment'])
          .where('finished_at', 'is', null)
          .where('admitted_at', 'is not', null)
          .orderBy('created_at')
          .execute(),
      ),

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

/** Whether a promotion is let in. */
export type Decision =
  | { readonly is: 'admitted'; readonly note: string }
  /** Asked again after some time (ms). */
  | { readonly is: 'held'; readonly reason: string; readonly againInMs: number }
  | { readonly is: 'refused'; readonly state: 'failed' | 'errored'; readonly reason: string };

async function record(trx: Transaction<Tables>, row: PromotionRow, decision: Decision): Promise<void> {
  if (decision.is === 'refused') return end(trx, row, decision.state, decision.reason);
  if (decision.is === 'held') {
    const again = sql<Date>`now() + make_interval(secs => ${decision.againInMs / 1000})`;
    await trx.updateTable('promotions').set({ decide_at: again }).where('id', '=', row.id).execute();
    const reason = keptDetail(decision.reason);
    if (row.reason === reason) return;
    await trx.updateTable('promotions').set({ reason }).where('id', '=', row.id).execute();
    return changed(trx, row.id);
  }
  const reason = await turnOf(trx, row.environment);
  await trx
    .updateTable('promotions')
    .set({ admitted_at: sql<Date>`now()`, admission: decision.note, reason })
    .where('id', '=', row.id)
    .execute();
  await append(trx, {
    kind: 'promotion.admitted',
    subject: row.id,
    payload: { note: decision.note },
    key: `${row.id}/admitted`,
  });
  await changed(trx, row.id);
}

/** What has an environment now, for those that wait for their turn; null: nothing has it. */
async function turnOf(trx: Transaction<Tables>, environment: string): Promise<string | null> {
  const running = await trx
    .selectFrom('promotions')
    .select('id')
    .where('environment', '=', environment)
    .where('state', '=', 'running')
    .where('finished_at', 'is', null)
    .executeTakeFirst();
  return running ? waitsBehind(running.id, environment) : null;
}

async function end(trx: Transaction<Tables>, row: PromotionRow, state: PromotionState, reason: string | null) {
  const said = endOf(row, state, reason === null ? null : keptDetail(reason));
  await trx
    .updateTable('promotions')
    .set({ state, reason: said, finished_at: sql<Date>`now()` })
    .where('id', '=', row.id)
    .execute();
  await append(trx, {
    kind: 'promotion.finished',
    subject: row.id,
    payload: { state, reason: said },
    key: `${row.id}/finished`,
  });
  await insertFollower(trx, row, state);
  await changed(trx, row.id);
}

const askedFor = (row: PromotionRow): Asked => ({
  request: row.request as PromotionRequest,
  release: row.release,
  state: row.state,
  plan: row.plan as PromotionPlan | null,
  stopped: row.stopped,
  broken: row.broken,
  givenUp: row.given_up,
  aborts: row.aborts,
  runs: row.runs,
  createdAt: row.created_at.getTime(),
});

/** Records a promotion, unless one with its id, idempotency key or predecessor stands. Whether it did. */
async function insertPromotion(trx: Transaction<Tables>, promotion: NewPromotion): Promise<boolean> {
  const { id, request, release, previous, declaration, rest, follows, aborts = null } = promotion;
  const inserted = await trx
    .insertInto('promotions')
    .values({
      id,
      environment: request.environment,
      kind: request.kind,
      release,
      previous,
      state: 'waiting',
      reason: null,
      request: JSON.stringify(storable(request)),
      actor: wellFormed(request.actor),
      idempotency_key: request.idempotencyKey ?? null,
      declaration,
      rest: [...rest],
      follows,
      aborts,
      stopped: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return false;
  await append(trx, {
    kind: 'promotion.requested',
    subject: id,
    payload: {
      ...request,
      release,
      previous,
      declaration,
      ...(follows === null ? {} : { follows }),
      ...(aborts === null ? {} : { aborts }),
    },
    key: `${id}/requested`,
  });
  await changed(trx, id);
  return true;
}

/** Whether a promotion that ended so is followed by one into the next environment of its request. */
const goesOn = ({ rest, stopped }: PromotionRow, state: PromotionState): boolean =>
  state === 'succeeded' && rest.length > 0 && stopped === null;

/** How it ended, with what was therefore never begun. */
function endOf(row: PromotionRow, state: PromotionState, reason: string | null): string | null {
  if (row.rest.length === 0 || goesOn(row, state)) return reason;
  const why = reason ?? (row.stopped === null ? state : `stopped when it was done (${row.stopped})`);
  return `${why}; not begun: ${row.rest.join(', ')}`;
}

/**
 * Records the promotion that follows one that succeeded, in the transaction that ends it: there is no moment between the two. It inherits release,
 * actor and reason; that somebody overrode the order of one environment says nothing of the next.
 */
async function insertFollower(trx: Transaction<Tables>, row: PromotionRow, state: PromotionState): Promise<void> {
  const [environment, ...rest] = row.rest;
  if (environment === undefined || !goesOn(row, state)) return;
  const { idempotencyKey: _, ...request } = row.request as PromotionRequest;
  const place = await environmentRecord(trx, environment);
  await insertPromotion(trx, {
    id: randomUUID(),
    request: { ...request, environment, release: row.release, override: false },
    release: row.release,
    previous: place.liveRelease,
    declaration: row.declaration,
    rest,
    follows: row.id,
  });
}

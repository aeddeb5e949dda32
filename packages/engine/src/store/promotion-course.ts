import {
  type Digest,
  decideFlow,
  enteringBy,
  isFinal,
  keptDetail,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionState,
  planDigest,
  recordedPlan,
  type Site,
  type WaitsFor,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { actingOn } from './acting.ts';
import { environmentRecord, recordDeclared } from './environment-record.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import { end } from './promotion-rows.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import { expectedSeconds } from './steps.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { type PromotionRow, promotionChanged } from './views.ts';

/** The state that a promotion finds when it holds its environment. */
export interface Held {
  readonly live: Digest | null;
  /** The target of a rollback that names no release; null: none. */
  readonly wayBack: Digest | null;
}

type MakePlan = (held: Held) => PromotionPlan;

/** Promotions from the moment that they hold their environment to their end. */
export function promotionCourse({ write }: UnitOfWork, sites: Sites) {
  return {
    /**
     * It holds the environment and begins: its plan is recorded, once. Nothing begins if a `dev` session has the environment (`held`), or if it
     * was stopped meanwhile (`over`). It goes back to its admission (`kept`) if, while it waited for its turn, a freeze or a hold of the environment
     * began, or a taint of the one from which it comes (`before`).
     */
    begin: (
      id: string,
      site: Site,
      plan: MakePlan,
      before?: string,
    ): Promise<PromotionPlan | 'held' | 'over' | 'kept'> =>
      write((trx) => begin(trx, id, { site, before: before === undefined ? null : sites.of(before) }, plan)),

    /** Why it waits (and for whom, if known), or what it retries; shown until its state changes or this is null. */
    note: (id: string, text: string | null, waitsFor: WaitsFor | null = null): Promise<void> =>
      write(async (trx) => {
        const reason = text === null ? null : keptDetail(text);
        const row = await trx
          .updateTable('promotions')
          .set({ reason, waits_for: waitsFor })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .where(({ or, eb }) =>
            or([eb('reason', 'is distinct from', reason), eb('waits_for', 'is distinct from', waitsFor)]),
          )
          .executeTakeFirst();
        if (row.numUpdatedRows > 0n) await promotionChanged(trx, id);
      }),

    /** Ends it, once. A success begins the next of its request; the reason of any other end names what is never begun. */
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
     * A person asked it to stop: nothing follows it, even if it is too late to stop it. A waiting one ends at once; a running one
     * is notified. False: it has ended. `by`: who asked first is on record.
     */
    stop: (id: string, reason: string, by?: string): Promise<boolean> =>
      write((trx) => stopPromotion(trx, sites, id, reason, by)),

    /** Its workflow ended unexpectedly: the next one undoes what it did. A rollback continues, and says so. */
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
        await promotionChanged(trx, id);
      }),

    /** Ends a rollback that does not succeed: a person takes over. */
    giveUp: (id: string, reason: string, by?: string): Promise<void> =>
      write(async (trx) => {
        await trx
          .updateTable('promotions')
          .set({ given_up: sql<string>`coalesce(given_up, ${keptDetail(reason)})` })
          .where('id', '=', id)
          .where('finished_at', 'is', null)
          .execute();
        await append(trx, {
          ...{ kind: 'promotion.given-up', subject: id, key: `${id}/given-up` },
          payload: askedBy(reason, by),
        });
        await promotionChanged(trx, id);
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
  };
}

async function begin(
  trx: Transaction<Tables>,
  id: string,
  { site, before }: { readonly site: Site; readonly before: Site | null },
  plan: MakePlan,
): Promise<PromotionPlan | 'held' | 'over' | 'kept'> {
  await enterEnvironment(trx, site);
  const row = await trx.selectFrom('promotions').selectAll().where('id', '=', id).forUpdate().executeTakeFirstOrThrow();
  if (row.finished_at !== null) return 'over';
  if (row.plan !== null) return recordedPlan(row.plan);
  if ((await liveHolder(trx, site)) !== null) return 'held';
  const { liveRelease, previousRelease } = await environmentRecord(trx, site);
  if (await isKept(trx, row, { live: liveRelease, before })) {
    await backToAdmission(trx, row);
    return 'kept';
  }
  const made = plan({ live: liveRelease, wayBack: previousRelease });
  await trx
    .updateTable('promotions')
    .set({
      state: 'running',
      reason: null,
      waits_for: null,
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
  await promotionChanged(trx, id);
  return made;
}

/** Whether something acts on it that began after it was let in. */
async function isKept(
  trx: Transaction<Tables>,
  row: PromotionRow,
  { live, before }: { readonly live: Digest | null; readonly before: Site | null },
): Promise<boolean> {
  if (row.kind === 'rollback') return false;
  const { release } = row;
  const isFollower = row.follows !== null;
  const coming = { request: row.request as PromotionRequest, release, isFollower, createdAt: row.created_at.getTime() };
  const acting = await actingOn(trx, row.environment, { release, before });
  const said = decideFlow(acting, enteringBy(coming, live === release), Date.now());
  return said.some(({ verdict }) => verdict !== 'overridden');
}

/** It has changed nothing yet: another workflow takes it up when it is let in again. */
async function backToAdmission(trx: Transaction<Tables>, { id, runs }: PromotionRow): Promise<void> {
  const again = { admitted_at: null, admission: null, runs: runs + 1, decide_at: sql<Date>`now()` };
  await trx.updateTable('promotions').set(again).where('id', '=', id).execute();
  await promotionChanged(trx, id);
}

/** See `stop` above. */
export async function stopPromotion(
  trx: Transaction<Tables>,
  sites: Sites,
  id: string,
  reason: string,
  by?: string,
): Promise<boolean> {
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
  await append(trx, { kind: 'promotion.stop-asked', subject: id, payload: askedBy(reason, by), key: `${id}/stop` });
  if (row.state === 'waiting') await end(trx, sites, { ...row, stopped }, 'aborted', stopped);
  else await promotionChanged(trx, id);
  return true;
}

const askedBy = (reason: string, by: string | undefined) => ({ reason, ...(by === undefined ? {} : { by }) });

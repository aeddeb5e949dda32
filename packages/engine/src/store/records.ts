import {
  askedOf,
  type Digest,
  type EnvironmentRecord,
  isFinal,
  type PromotionRequest,
  type PromotionState,
  type PromotionView,
  rollbackTarget,
  type StepName,
  type StepState,
  type SucceededPromotion,
  stepNames,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { keepWorkflow } from '../executor.ts';
import { type Database, throughOutages } from './database.ts';
import { append } from './ledger.ts';
import { enterEnvironment, liveHolder } from './locks.ts';
import { endOf, insertFollower, insertPromotion, type NewPromotion } from './promotions.ts';
import type { StepsTable, Tables } from './schema.ts';
import { generationAfter, recordTakeover, type TakenOver } from './takeover.ts';

/** A promotion as it is shown, and the number that changes with every change of it. */
export type RevisedView = PromotionView & { readonly revision: number };

/** All reading and writing of promotions, steps and environments. Every write is idempotent, survives a restart of Postgres, is refused to a workflow that another process took over, and puts its fact into the ledger in the same transaction. */
export function records(db: Database, patienceMs = 60_000) {
  const patiently = <T>(work: () => Promise<T>): Promise<T> => throughOutages(work, patienceMs);
  const write = <T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> =>
    patiently(() =>
      db.transaction().execute(async (trx) => {
        await keepWorkflow(trx);
        return work(trx);
      }),
    );
  const touch = (trx: Transaction<Tables>, id: string) =>
    trx.updateTable('promotions').set({ revision: sql`revision + 1` }).where('id', '=', id).execute();

  return {
    /** The same id or idempotency key twice is one promotion: returns the id that stands. */
    create: (promotion: NewPromotion): Promise<string> =>
      write(async (trx) => {
        if (await insertPromotion(trx, promotion)) return promotion.id;
        const standing = await trx
          .selectFrom('promotions')
          .select('id')
          .where((where) =>
            where.or([
              where('id', '=', promotion.id),
              where('idempotency_key', '=', promotion.request.idempotencyKey ?? ''),
            ]),
          )
          .executeTakeFirstOrThrow();
        return standing.id;
      }),

    /** A promotion that succeeds begins the next one of its request; the reason of any other end says what is never begun. */
    state: (id: string, state: PromotionState, reason: string | null): Promise<void> =>
      write(async (trx) => {
        const row = await trx
          .selectFrom('promotions')
          .selectAll()
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const final = isFinal(state);
        const said = final ? endOf(row, state, reason) : reason;
        if (row.state === state && row.reason === said) return;
        await trx
          .updateTable('promotions')
          .set({ state, reason: said, ...(final ? { finished_at: sql<Date>`coalesce(finished_at, now())` } : {}) })
          .where('id', '=', id)
          .execute();
        await touch(trx, id);
        if (!final) return;
        await append(trx, {
          kind: 'promotion.finished',
          subject: id,
          payload: { state, reason: said },
          key: `${id}/finished`,
        });
        await insertFollower(trx, row, state);
      }),

    /** A person asks it to stop: nothing follows it from now on, even if it is too late to stop itself. False: it has ended. */
    stop: (id: string, reason: string): Promise<boolean> =>
      write(async (trx) => {
        const open = await trx
          .updateTable('promotions')
          .set({ stopped: sql<string>`coalesce(stopped, ${reason})` })
          .where('id', '=', id)
          .where('state', 'in', ['waiting', 'running'])
          .executeTakeFirst();
        if (open.numUpdatedRows === 0n) return false;
        await append(trx, { kind: 'promotion.stop-asked', subject: id, payload: { reason }, key: `${id}/stop` });
        return true;
      }),

    /** The promotion that an ended one went on to. */
    follower: (id: string): Promise<{ id: string; environment: string } | null> =>
      patiently(async () => {
        const row = await db
          .selectFrom('promotions')
          .select(['id', 'environment'])
          .where('follows', '=', id)
          .executeTakeFirst();
        return row ?? null;
      }),

    /** What was asked for, and the release that it means. */
    request: (id: string): Promise<{ request: PromotionRequest; release: Digest }> =>
      patiently(async () => {
        const row = await db
          .selectFrom('promotions')
          .select(['request', 'release'])
          .where('id', '=', id)
          .executeTakeFirstOrThrow();
        return { request: row.request as PromotionRequest, release: row.release };
      }),

    /** The workflow has the environment's lock: from now on it runs. `previous` is what is live at this moment. */
    /** False while a `dev` session holds the environment: then nothing has begun. */
    begin: (id: string, environment: string, previous: Digest | null): Promise<boolean> =>
      write(async (trx) => {
        await enterEnvironment(trx, environment);
        if ((await liveHolder(trx, environment)) !== null) return false;
        await trx
          .updateTable('promotions')
          .set({ state: 'running', reason: null, previous })
          .where('id', '=', id)
          .execute();
        await touch(trx, id);
        return true;
      }),

    /** Returns the generation of this attempt. The first start is kept: seconds count from it. */
    stepBegun: (id: string, name: StepName): Promise<number> =>
      write(async (trx) => {
        await trx
          .insertInto('steps')
          .values({ promotion: id, name, state: 'running', detail: null })
          .onConflict((conflict) =>
            conflict
              .columns(['promotion', 'name'])
              .doUpdateSet({ state: 'running', detail: null, finished_at: null, attempts: sql`steps.attempts + 1` }),
          )
          .execute();
        await touch(trx, id);
        return nextGeneration(trx);
      }),

    stepEnded: (id: string, name: StepName, state: StepState, detail: string, payload: unknown): Promise<void> =>
      write(async (trx) => {
        await trx
          .updateTable('steps')
          .set({ state, detail, finished_at: sql<Date>`now()` })
          .where('promotion', '=', id)
          .where('name', '=', name)
          .execute();
        await touch(trx, id);
        await append(trx, {
          kind: 'step.finished',
          subject: id,
          payload: { step: name, state, detail, ...(payload === undefined ? {} : { evidence: payload }) },
          key: `${id}/step/${name}`,
        });
      }),

    generation: (): Promise<number> => write(nextGeneration),

    /** What is live where: written when a promotion is finalised or rolled back. */
    live: (environment: string, live: Digest | null, generation: number): Promise<void> =>
      write(async (trx) => {
        await trx
          .insertInto('environments')
          .values({ name: environment, live_release: live, infrastructure_release: null, generation })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ live_release: live, generation }))
          .execute();
      }),

    infrastructure: (environment: string, release: Digest, generation: number): Promise<void> =>
      write(async (trx) => {
        await trx
          .insertInto('environments')
          .values({ name: environment, live_release: null, infrastructure_release: release, generation })
          .onConflict((conflict) =>
            conflict.column('name').doUpdateSet({ infrastructure_release: release, generation }),
          )
          .execute();
      }),

    /** What was live before is gone from the target (a function was made anew): no rollback goes back beyond this moment. */
    lost: (environment: string): Promise<void> =>
      write(async (trx) => {
        await trx
          .updateTable('environments')
          .set({ lost_at: sql<Date>`now()` })
          .where('name', '=', environment)
          .execute();
      }),

    /** Empties an environment's record after `destroy`. */
    forget: (environment: string): Promise<void> =>
      write(async (trx) => {
        const gone = { live_release: null, infrastructure_release: null, destroyed_at: sql<Date>`now()`, home: null };
        await trx
          .insertInto('environments')
          .values({ name: environment, ...gone })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(gone))
          .execute();
        const at = Date.now();
        await append(trx, {
          kind: 'environment.destroyed',
          subject: environment,
          payload: { at },
          key: `destroyed/${environment}/${at}`,
        });
      }),

    /** The home on whose emulated account an environment is; null: nobody's yet. */
    homeOf: (environment: string): Promise<string | null> =>
      patiently(async () => {
        const row = await db
          .selectFrom('environments')
          .select('home')
          .where('name', '=', environment)
          .executeTakeFirst();
        return row?.home ?? null;
      }),

    /** Gives an environment to a home, unless another has it; says which one has it now. */
    giveTo: (environment: string, home: string): Promise<string | null> =>
      write(async (trx) => {
        const { home: holder } = await trx
          .insertInto('environments')
          .values({ name: environment, home })
          .onConflict((conflict) =>
            conflict.column('name').doUpdateSet({ home: sql<string>`coalesce(environments.home, excluded.home)` }),
          )
          .returning('home')
          .executeTakeFirstOrThrow();
        return holder;
      }),

    generationAfter: (generation: number): Promise<number> => write((trx) => generationAfter(trx, generation)),

    takenOver: (taken: TakenOver, generation: number): Promise<void> =>
      write((trx) => recordTakeover(trx, taken, generation)),

    /** A release was taken out of the store. */
    removed: (release: Digest): Promise<void> =>
      write((trx) =>
        append(trx, {
          kind: 'release.removed',
          subject: release,
          payload: {},
          key: `removed/${release}/${Date.now()}`,
        }),
      ),

    environment: (name: string): Promise<EnvironmentRecord> =>
      patiently(async () => {
        const row = await db.selectFrom('environments').selectAll().where('name', '=', name).executeTakeFirst();
        return {
          environment: name,
          liveRelease: row?.live_release ?? null,
          previousRelease: rollbackTarget(await kept(db, name), row?.live_release ?? null),
          infrastructureRelease: row?.infrastructure_release ?? null,
          generation: Number(row?.generation ?? 0),
        };
      }),

    /** Whether a release was finalised here once, by whatever kind of promotion. */
    wasLive: (environment: string, release: Digest): Promise<boolean> =>
      patiently(async () => {
        const row = await db
          .selectFrom('promotions')
          .select('id')
          .where('environment', '=', environment)
          .where('release', '=', release)
          .where('state', '=', 'succeeded')
          .where(isOfThePresent)
          .limit(1)
          .executeTakeFirst();
        return row !== undefined;
      }),

    view: (id: string): Promise<RevisedView | null> =>
      patiently(async () => (await views(db, (query) => query.where('id', '=', id)))[0] ?? null),

    /** Newest first. `present`: only those of the environment that stands now, not of one destroyed before. */
    list: (options: {
      environment?: string;
      limit: number;
      unfinished?: boolean;
      present?: boolean;
    }): Promise<RevisedView[]> =>
      patiently(() =>
        views(db, (query) => {
          const here = options.environment === undefined ? query : query.where('environment', '=', options.environment);
          const open = options.unfinished ? here.where('state', 'in', ['waiting', 'running']) : here;
          const chosen = options.present ? open.where(isOfThePresent) : open;
          return chosen.orderBy('created_at', 'desc').limit(options.limit);
        }),
      ),

    /** Median seconds of a step's last successes here; null when it never succeeded. */
    expectedSeconds: (environment: string): Promise<Map<StepName, number>> =>
      patiently(async () => {
        const { rows } = await sql<{ name: StepName; seconds: number }>`
          select s.name, percentile_cont(0.5) within group (order by extract(epoch from s.finished_at - s.started_at)) as seconds
          from steps s join promotions p on p.id = s.promotion
          where p.environment = ${environment} and s.state = 'succeeded' and p.created_at > now() - interval '90 days'
          group by s.name`.execute(db);
        return new Map(rows.map(({ name, seconds }) => [name, Number(seconds)]));
      }),
  };
}

export type Records = ReturnType<typeof records>;

/** What was promoted into an environment before it was destroyed says nothing of the one that stands now. */
const isOfThePresent = sql<boolean>`promotions.created_at > coalesce(
  (select destroyed_at from environments where environments.name = promotions.environment), '-infinity')`;

/** Succeeded promotions of an environment whose versions were not lost since, newest first. */
async function kept(db: Database, environment: string): Promise<SucceededPromotion[]> {
  const rows = await db
    .selectFrom('promotions')
    .select(['kind', 'release', 'previous'])
    .where('environment', '=', environment)
    .where('state', '=', 'succeeded')
    .where(isOfThePresent)
    .where(
      sql<boolean>`promotions.finished_at > coalesce(
        (select lost_at from environments where environments.name = promotions.environment), '-infinity')`,
    )
    .orderBy('finished_at', 'desc')
    .limit(200)
    .execute();
  return rows;
}

async function nextGeneration(trx: Transaction<Tables>): Promise<number> {
  const { rows } = await sql<{ next: string }>`select nextval('generation') as next`.execute(trx);
  return Number(rows[0]?.next);
}

type PromotionQuery = ReturnType<typeof selectPromotions>;
const selectPromotions = (db: Database) => db.selectFrom('promotions').selectAll();

async function views(db: Database, narrow: (query: PromotionQuery) => PromotionQuery): Promise<RevisedView[]> {
  const promotions = await narrow(selectPromotions(db)).execute();
  if (promotions.length === 0) return [];
  const ids = promotions.map(({ id }) => id);
  const steps = await db.selectFrom('steps').selectAll().where('promotion', 'in', ids).execute();
  const followers = await db.selectFrom('promotions').select(['id', 'follows']).where('follows', 'in', ids).execute();
  return promotions.map((row) => ({
    promotion: row.id,
    environment: row.environment,
    kind: row.kind,
    release: row.release,
    previous: row.previous,
    state: row.state,
    reason: row.reason,
    steps: steps
      .filter(({ promotion }) => promotion === row.id)
      .sort((a, b) => stepNames.indexOf(a.name) - stepNames.indexOf(b.name))
      .map(stepView),
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    actor: row.actor,
    asked: askedOf(row.request as PromotionRequest),
    rest: row.rest,
    next: followers.find(({ follows }) => follows === row.id)?.id ?? null,
    revision: row.revision,
  }));
}

function stepView({
  name,
  state,
  detail,
  started_at,
  finished_at,
}: { [K in keyof Pick<StepsTable, 'name' | 'state' | 'detail'>]: StepsTable[K] } & {
  started_at: Date;
  finished_at: Date | null;
}) {
  const seconds = finished_at ? Math.max(0, finished_at.getTime() - started_at.getTime()) / 1000 : null;
  return { name, state, seconds, ...(detail ? { detail } : {}) };
}

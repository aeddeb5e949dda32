import { keptDetail, type PlannedStep, type Site, type StepName, stepNameOf } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { isWell, type Outcome } from '../workflow/outcome.ts';
import type { Database } from './database.ts';
import { append } from './ledger.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { changed } from './views.ts';

/** How a step stands when a promotion comes to it. */
export type Beginning =
  /** It ended before: this is what counts, whoever runs it again. */
  | { readonly is: 'ended'; readonly outcome: Outcome }
  /** A person, or the end of an earlier workflow, stops the promotion before it. */
  | { readonly is: 'stopped'; readonly state: 'aborted' | 'errored'; readonly reason: string }
  /** It is to be done now, under this generation; `startedAt` is when it was begun first (ms since 1970). */
  | { readonly is: 'begun'; readonly generation: number; readonly startedAt: number };

/** What counts of a step that ended, and how the next one stands. */
export interface Ended {
  readonly outcome: Outcome;
  /** Null: there is no next, or it is not to be begun after this. */
  readonly next: Beginning | null;
}

/** Steps of promotions. Each outcome is recorded once, and the first one stands. */
export function stepsRepository({ read, write }: UnitOfWork, sites: Sites) {
  return {
    /** Begins a step, unless it has ended or (`stoppable`) the promotion is to stop. The first start is kept: seconds count from it. */
    stepBegun: (id: string, step: PlannedStep, stoppable = true): Promise<Beginning> =>
      write(async (trx) => {
        const beginning = await begin(trx, id, step, stoppable);
        if (beginning.is === 'begun') await changed(trx, id);
        return beginning;
      }),

    /** Records how a step ended and, where that is well, begins the next in the same transaction. An outcome that was recorded before counts. */
    stepEnded: (id: string, step: PlannedStep, outcome: Outcome, next?: PlannedStep): Promise<Ended> =>
      write(async (trx) => {
        const counts = await end(trx, id, step, outcome);
        const beginning = next && isWell(counts) ? await begin(trx, id, next, true) : null;
        await changed(trx, id);
        return { outcome: counts, next: beginning };
      }),

    /** Keys of the steps that were begun, ended or not. */
    begunSteps: (id: string): Promise<ReadonlySet<string>> =>
      read(async (db) => {
        const rows = await db.selectFrom('steps').select('key').where('promotion', '=', id).execute();
        return new Set(rows.map(({ key }) => key));
      }),

    /** Median seconds of each step's successes in an environment over 90 days; a step without any is missing. */
    expectedSeconds: (name: string): Promise<Map<StepName, number>> =>
      read((db) => expectedSeconds(db, sites.of(name))),
  };
}

/** See `expectedSeconds` above. */
export async function expectedSeconds(
  db: Database | Transaction<Tables>,
  environment: Site,
): Promise<Map<StepName, number>> {
  const { rows } = await sql<{ name: StepName; seconds: number }>`
    select s.name, percentile_cont(0.5) within group (order by extract(epoch from s.finished_at - s.started_at)) as seconds
    from steps s join promotions p on p.id = s.promotion
    where p.environment = ${environment} and s.state = 'succeeded' and p.created_at > now() - interval '90 days'
    group by s.name`.execute(db);
  return new Map(rows.map(({ name, seconds }) => [name, Number(seconds)]));
}

async function begin(trx: Transaction<Tables>, id: string, step: PlannedStep, stoppable: boolean): Promise<Beginning> {
  const { rows } = await sql<{ started_at: Date; generation: string }>`
    insert into steps (promotion, key, name, state)
    select id, ${step.key}, ${stepNameOf(step)}, 'running' from promotions
    where id = ${id} and (${!stoppable} or (broken is null and stopped is null))
    for share
    on conflict (promotion, key)
      do update set detail = null, finished_at = null, attempts = steps.attempts + 1 where steps.state = 'running'
    returning started_at, nextval('generation') as generation`.execute(trx);
  const [begun] = rows;
  if (begun) return { is: 'begun', generation: Number(begun.generation), startedAt: begun.started_at.getTime() };
  return whyNotBegun(trx, id, step);
}

async function whyNotBegun(trx: Transaction<Tables>, id: string, step: PlannedStep): Promise<Beginning> {
  const { state, detail, stopped, broken } = await trx
    .selectFrom('promotions')
    .leftJoin('steps', (join) => join.onRef('steps.promotion', '=', 'promotions.id').on('steps.key', '=', step.key))
    .select(['promotions.stopped', 'promotions.broken', 'steps.state', 'steps.detail'])
    .where('promotions.id', '=', id)
    .executeTakeFirstOrThrow();
  if (state !== null && state !== 'running') return { is: 'ended', outcome: { state, detail: detail ?? '' } };
  if (broken !== null) return { is: 'stopped', state: 'errored', reason: broken };
  if (stopped !== null) return { is: 'stopped', state: 'aborted', reason: stopped };
  throw new Error(`step ${step.key} of promotion ${id} neither began nor ended`);
}

/** Records an outcome, unless one stands; gives the one that counts. */
async function end(trx: Transaction<Tables>, id: string, step: PlannedStep, outcome: Outcome): Promise<Outcome> {
  const { state } = outcome;
  const detail = keptDetail(outcome.detail);
  const evidence = 'evidence' in outcome ? outcome.evidence : undefined;
  const ended = await trx
    .updateTable('steps')
    .set({ state, detail, finished_at: sql<Date>`now()` })
    .where('promotion', '=', id)
    .where('key', '=', step.key)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) {
    const standing = await trx
      .selectFrom('steps')
      .select(['state', 'detail'])
      .where('promotion', '=', id)
      .where('key', '=', step.key)
      .executeTakeFirstOrThrow();
    return { state: standing.state as Outcome['state'], detail: standing.detail ?? '' };
  }
  await append(trx, {
    kind: 'step.finished',
    subject: id,
    payload: { step: stepNameOf(step), key: step.key, state, detail, ...(evidence === undefined ? {} : { evidence }) },
    key: `${id}/step/${step.key}`,
  });
  return { ...outcome, detail };
}

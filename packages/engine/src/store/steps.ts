import { keptDetail, type PlannedStep, type Site, type StepName, stepNameOf } from '@soundbite/model';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { isGoneOnAfter, type Outcome } from '../workflow/outcome.ts';
import type { Database } from './database.ts';
import { appended, type NewEntry } from './ledger.ts';
import type { Tables } from './schema.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { promotionChanged } from './views.ts';

/** The state of a step when a promotion reaches it. */
export type Beginning =
  /** It ended before: this outcome counts, whoever runs it again. */
  | { readonly is: 'ended'; readonly outcome: Outcome }
  /** A person, or the end of an earlier workflow, stops the promotion before it. */
  | { readonly is: 'stopped'; readonly state: 'aborted' | 'errored'; readonly reason: string }
  /** It is to be done now, under this generation; `startedAt` is when it was begun first (ms since 1970). */
  | { readonly is: 'begun'; readonly generation: number; readonly startedAt: number };

/** The outcome that counts of an ended step, and the state of the next one. */
export interface EndedStep {
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
        if (beginning.is === 'begun') await promotionChanged(trx, id);
        return beginning;
      }),

    /** Records how a step ended and, where that is well, begins the next in the same transaction. An outcome that was recorded before counts. */
    stepEnded: (id: string, step: PlannedStep, outcome: Outcome, next?: PlannedStep): Promise<EndedStep> =>
      write(async (trx) => {
        const ended = await end(trx, id, step, outcome, next);
        await promotionChanged(trx, id);
        return ended;
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
  const from = sql`promotions where id = ${id} and (${!stoppable} or (broken is null and stopped is null)) for share`;
  const { rows } = await begun(step, from).execute(trx);
  return (rows[0] && beginningOf(rows[0])) ?? whyNotBegun(trx, id, step);
}

interface BegunRow {
  readonly started_at: Date | null;
  readonly generation: string | null;
}

/** Begins a step of the promotion that the query selects; begins it again if it has begun and not ended. */
const begun = (step: PlannedStep, from: RawBuilder<unknown>): RawBuilder<BegunRow> => sql<BegunRow>`
  insert into steps (promotion, key, name, state)
  select id, ${step.key}, ${stepNameOf(step)}, 'running' from ${from}
  on conflict (promotion, key)
    do update set detail = null, finished_at = null, attempts = steps.attempts + 1 where steps.state = 'running'
  returning started_at, nextval('generation') as generation`;

const beginningOf = ({ started_at, generation }: BegunRow): Beginning | null =>
  started_at && { is: 'begun', generation: Number(generation), startedAt: started_at.getTime() };

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

/** Records an outcome unless one is recorded, and begins the next step if the recorded one is good. */
async function end(
  trx: Transaction<Tables>,
  id: string,
  step: PlannedStep,
  given: Outcome,
  next: PlannedStep | undefined,
): Promise<EndedStep> {
  const outcome = { ...given, detail: keptDetail(given.detail) };
  const begins = next !== undefined && isGoneOnAfter(step, outcome) ? next : null;
  const { ended, ...row } = await endAndBegin(trx, id, step, outcome, begins);
  if (!ended) return standing(trx, id, step, next);
  if (!begins) return { outcome, next: null };
  return { outcome, next: beginningOf(row) ?? (await whyNotBegun(trx, id, begins)) };
}

/** Both in one statement, with the ledger's entry; what was noted of the step is over with it, whoever noted it. The promotion's row is locked before the ledger, as everybody does it. */
async function endAndBegin(
  trx: Transaction<Tables>,
  id: string,
  step: PlannedStep,
  outcome: Outcome,
  next: PlannedStep | null,
): Promise<BegunRow & { readonly ended: boolean }> {
  const nothing = sql`select null::timestamptz as started_at, null::bigint as generation where false`;
  const { rows } = await sql<BegunRow & { readonly ended: boolean }>`
    with promotion as materialized (select id, broken, stopped from promotions where id = ${id} for update),
    ended as (
      update steps set state = ${outcome.state}, detail = ${outcome.detail}, finished_at = now() from promotion
      where steps.promotion = promotion.id and steps.key = ${step.key} and steps.state = 'running'
      returning ${appended(finished(id, step, outcome))}),
    noted as (update promotions set reason = null from ended where promotions.id = ${id} and reason is not null),
    begun as (${next ? begun(next, sql`promotion, ended where broken is null and stopped is null`) : nothing})
    select exists (select from ended) as ended, started_at, generation from (select) one left join begun on true`.execute(
    trx,
  );
  const [row] = rows;
  if (!row) throw new TypeError('one row is always selected');
  return row;
}

function finished(id: string, step: PlannedStep, outcome: Outcome): NewEntry {
  const { state, detail } = outcome;
  const evidence = 'evidence' in outcome ? outcome.evidence : undefined;
  return {
    kind: 'step.finished',
    subject: id,
    payload: { step: stepNameOf(step), key: step.key, state, detail, ...(evidence === undefined ? {} : { evidence }) },
    key: `${id}/step/${step.key}`,
  };
}

/** The outcome that counts of a step that ended before, and the state of the next one. */
async function standing(
  trx: Transaction<Tables>,
  id: string,
  step: PlannedStep,
  next: PlannedStep | undefined,
): Promise<EndedStep> {
  const { state, detail } = await trx
    .selectFrom('steps')
    .select(['state', 'detail'])
    .where('promotion', '=', id)
    .where('key', '=', step.key)
    .executeTakeFirstOrThrow();
  const outcome: Outcome = { state: state as Outcome['state'], detail: detail ?? '' };
  return { outcome, next: next && isGoneOnAfter(step, outcome) ? await begin(trx, id, next, true) : null };
}

import {
  askedOf,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionView,
  type StepName,
  stepNameOf,
} from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import type { PromotionsTable, StepsTable, Tables } from './schema.ts';

/** A promotion as it is shown, and the number that changes with every change of it. */
export type RevisedView = PromotionView & { readonly revision: number };

export type PromotionQuery = ReturnType<typeof selectPromotions>;
const selectPromotions = (db: Database | Transaction<Tables>) => db.selectFrom('promotions').selectAll();

/** The views of the promotions that a query leaves over. */
export async function views(
  db: Database | Transaction<Tables>,
  narrow: (query: PromotionQuery) => PromotionQuery,
): Promise<RevisedView[]> {
  return viewsOf(db, await narrow(selectPromotions(db)).execute());
}

async function viewsOf(
  db: Database | Transaction<Tables>,
  promotions: readonly PromotionRow[],
): Promise<RevisedView[]> {
  if (promotions.length === 0) return [];
  const ids = promotions.map(({ id }) => id);
  const steps = await db
    .selectFrom('steps')
    .selectAll()
    .where('promotion', 'in', ids)
    .orderBy('started_at')
    .orderBy('key')
    .execute();
  // Only what has ended has a follower.
  const followers = promotions.some(({ finished_at }) => finished_at !== null)
    ? await db.selectFrom('promotions').select(['id', 'follows']).where('follows', 'in', ids).execute()
    : [];
  return promotions.map((row) => ({
    promotion: row.id,
    environment: row.environment,
    kind: row.kind,
    release: row.release,
    previous: row.previous,
    state: row.state,
    reason: row.reason,
    admission: row.admission,
    steps: steps.filter(({ promotion }) => promotion === row.id).map(stepView),
    planned: plannedOf(row),
    createdAt: row.created_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    actor: row.actor,
    asked: askedOf(row.request as PromotionRequest),
    rest: row.rest,
    next: followers.find(({ follows }) => follows === row.id)?.id ?? null,
    revision: row.revision,
  }));
}

/** To be called after every change of a promotion or its steps, in the same transaction. */
export async function changed(trx: Transaction<Tables>, id: string): Promise<void> {
  const rows = await trx
    .updateTable('promotions')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', id)
    .returningAll()
    .execute();
  const [view] = await viewsOf(trx, rows);
  await announce(trx, { kind: 'promotion', subject: id, view });
}

function plannedOf({ plan, usual }: PromotionRow): PromotionView['planned'] {
  const steps = (plan as PromotionPlan | null)?.steps ?? [];
  return steps.map((step) => {
    const name = stepNameOf(step) as StepName;
    const { seconds } = step.with as { seconds?: number };
    return { name, usualSeconds: seconds ?? usual?.[name] ?? null };
  });
}

function stepView({ name, state, detail, started_at, finished_at }: Selectable<StepsTable>) {
  const seconds = finished_at ? Math.max(0, finished_at.getTime() - started_at.getTime()) / 1000 : null;
  return { name, state, seconds, ...(detail ? { detail } : {}) };
}

export type PromotionRow = Selectable<PromotionsTable>;

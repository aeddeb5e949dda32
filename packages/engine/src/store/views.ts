import {
  askedOf,
  awaitedGates,
  type CloudDeclaration,
  gatesOfSteps,
  homeOfSite,
  isPlanFormat,
  nameAt,
  overriddenIn,
  type PromotionPlan,
  type PromotionRequest,
  type PromotionView,
  recordedPlan,
  relaxedLater,
  type StepName,
  type StepView,
  stepNameOf,
} from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import type { PromotionsTable, Tables } from './schema.ts';

/** A promotion as it is shown, and the number that changes with every change of it. */
export type RevisedView = PromotionView & { readonly revision: number };

export type PromotionSelection = ReturnType<typeof selectPromotions>;
/** The columns of a view; `viewOf` makes it. */
export const selectPromotions = (db: Database | Transaction<Tables>) =>
  db.selectFrom('promotions').selectAll().select([stepViews, beganAt, follower]);

/** The steps that a promotion has begun, in order; of a promotion in the surrounding query. One round trip gives the whole view. */
const stepViews = sql<readonly SelectedStep[]>`(
  select coalesce(json_agg(json_build_object(
    'name', s.name, 'state', s.state, 'detail', s.detail,
    'seconds', case when s.finished_at is not null then greatest(0, round(extract(epoch from s.finished_at - s.started_at), 3)) end
  ) order by s.started_at, s.key), '[]')
  from steps s where s.promotion = promotions.id)`.as('step_views');

/** When the first of them began; null: none has. */
const beganAt = sql<Date | null>`(select min(s.started_at) from steps s where s.promotion = promotions.id)`.as(
  'began_at',
);

/** The promotion that followed. Only what has ended has one. */
const follower = sql<string | null>`(
  select f.id from promotions f where promotions.finished_at is not null and f.follows = promotions.id)`.as('follower');

interface SelectedStep extends Pick<StepView, 'name' | 'state'> {
  readonly detail: string | null;
  /** Null while it runs. */
  readonly seconds: number | null;
}

type ShownRow = PromotionRow & {
  readonly step_views: readonly SelectedStep[];
  readonly follower: string | null;
  readonly began_at: Date | null;
};

/** The views of the promotions that a query leaves over. */
export async function views(
  db: Database | Transaction<Tables>,
  narrow: (query: PromotionSelection) => PromotionSelection,
): Promise<RevisedView[]> {
  return (await narrow(selectPromotions(db)).execute()).map(viewOf);
}

export const viewOf = (row: ShownRow): RevisedView => ({
  promotion: row.id,
  environment: nameAt(row.environment),
  ...homeOf(row),
  kind: row.kind,
  release: row.release,
  previous: row.previous,
  state: row.state,
  reason: row.reason,
  waitsFor: row.finished_at === null ? row.waits_for : null,
  ...gatesIn(row),
  admission: row.admission,
  steps: row.step_views.map(({ name, state, seconds, detail }) => ({
    name,
    state,
    seconds,
    ...(detail ? { detail } : {}),
  })),
  planned: plannedOf(row),
  createdAt: row.created_at.toISOString(),
  beganAt: row.began_at?.toISOString() ?? null,
  finishedAt: row.finished_at?.toISOString() ?? null,
  actor: row.actor,
  asked: askedOf(row.request as PromotionRequest),
  rest: row.rest,
  next: row.follower,
  revision: row.revision,
});

/** Those of its entry as they were recorded, the others as their steps say. */
function gatesIn({
  gates,
  plan,
  step_views,
  finished_at,
  admitted_at,
}: ShownRow): Pick<PromotionView, 'gates' | 'waitingFor'> {
  const isHeld = finished_at === null && admitted_at === null;
  return {
    gates: [...gates, ...gatesOfSteps(step_views, gonePast(plan), relaxedIn(plan))],
    waitingFor: isHeld ? [...awaitedGates(gates)] : [],
  };
}

/** To be called after every change of a promotion or its steps, in the same transaction. */
export async function promotionChanged(trx: Transaction<Tables>, id: string): Promise<void> {
  const row = await trx
    .updateTable('promotions')
    .set({ revision: sql`revision + 1` })
    .where('id', '=', id)
    .returningAll()
    .returning([stepViews, beganAt, follower])
    .executeTakeFirstOrThrow();
  await announce(trx, { kind: 'promotion', subject: id, view: viewOf(row) });
}

function homeOf({ environment }: Pick<PromotionRow, 'environment'>): Pick<PromotionView, 'home'> {
  const home = homeOfSite(environment);
  return home === null ? {} : { home };
}

/** Only a newer version can describe its own plan. */
function stepsIn(plan: unknown): PromotionPlan['steps'] {
  const made = plan as PromotionPlan | null;
  return made !== null && isPlanFormat(made.format) ? made.steps : [];
}

/** Where its plan acts; null: it has none, or one of a newer version. */
export function cloudIn(plan: unknown): Pick<CloudDeclaration, 'kind' | 'account' | 'region'> | null {
  const made = plan as PromotionPlan | null;
  if (made === null || !isPlanFormat(made.format)) return null;
  const { environment } = recordedPlan(made);
  if (!environment?.cloud) return null;
  const { kind, account, region } = environment.cloud;
  return { kind, account, region };
}

/** What its gates ask less than elsewhere, by name. */
function relaxedIn(plan: unknown): ReadonlyMap<string, readonly string[]> {
  const made = plan as PromotionPlan | null;
  if (made === null || !isPlanFormat(made.format)) return new Map();
  const { environment } = recordedPlan(made);
  return environment?.gates ? relaxedLater(environment) : new Map();
}

/** Which gates it goes past although they failed, by name, and why. */
const gonePast = (plan: unknown): ReadonlyMap<string, string> =>
  new Map(
    stepsIn(plan).flatMap((step) => {
      const reason = overriddenIn(step);
      return reason === null ? [] : [[stepNameOf(step), reason] as const];
    }),
  );

function plannedOf({ plan, usual }: PromotionRow): PromotionView['planned'] {
  return stepsIn(plan).map((step) => {
    const name = stepNameOf(step) as StepName;
    const { seconds } = step.with as { seconds?: number };
    return { name, usualSeconds: seconds ?? usual?.[name] ?? null };
  });
}

export type PromotionRow = Selectable<PromotionsTable>;

import {
  type Digest,
  type Environment,
  type EnvironmentRecord,
  nameAt,
  recordedEnvironment,
  rollbackTarget,
  type Site,
  type SucceededPromotion,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import { announce } from './events.ts';
import type { Tables } from './schema.ts';
import { hasMigrated } from './service-migrations.ts';
import type { PromotionRow } from './views.ts';

/** A declaration that counted for an environment. */
export interface Declared {
  readonly environment: Environment;
  /** Who asked for the first promotion by it; null: that was not recorded yet. */
  readonly by: string | null;
  /** On which machine; null: the one whose database this is. */
  readonly host: string | null;
  /** When that began, in ISO 8601. */
  readonly at: string | null;
}

/** See `declaredAs` of the environments' repository. */
export async function declaredAt(db: Database, site: Site): Promise<Declared | null> {
  const row = await db
    .selectFrom('environments')
    .select(['declared', 'declared_by', 'declared_on', 'declared_at'])
    .where('name', '=', site)
    .executeTakeFirst();
  if (!row?.declared) return null;
  const at = row.declared_at?.toISOString() ?? null;
  return { environment: recordedEnvironment(row.declared), by: row.declared_by, host: row.declared_on, at };
}

/** What the records say of an environment now. */
export async function environmentRecord(db: Database | Transaction<Tables>, site: Site): Promise<EnvironmentRecord> {
  const { history, blocked, ...row } = await recordRow(db, site);
  return {
    environment: nameAt(site),
    liveRelease: row.live_release,
    previousRelease: rollbackTarget(history, row.live_release, blocked),
    infrastructureRelease: row.infrastructure_release,
    generation: Number(row.generation ?? 0),
  };
}

/** Tells how an environment is from now on: to be called after whatever changes its record, the end of a promotion too, in the same transaction. */
export const tellEnvironment = async (trx: Transaction<Tables>, site: Site): Promise<void> =>
  announce(trx, { kind: 'environment', subject: site, view: await environmentRecord(trx, site) });

/** Succeeded promotions whose versions were not lost since, newest first. */
export const historyOf = async (db: Database, site: Site): Promise<SucceededPromotion[]> =>
  (await recordRow(db, site)).history;

interface RecordRow {
  readonly live_release: Digest | null;
  readonly infrastructure_release: Digest | null;
  readonly generation: string | null;
  readonly history: SucceededPromotion[];
  readonly blocked: Digest[];
}

/** An environment's row, all null where nothing is recorded, and its history: one round trip. */
async function recordRow(db: Database | Transaction<Tables>, site: Site): Promise<RecordRow> {
  const { rows } = await sql<RecordRow>`
    select e.live_release, e.infrastructure_release, e.generation, (
      select coalesce(json_agg(succeeded), '[]') from (
        select kind, release, previous, ${hasMigrated} as migrated from promotions
        where environment = ${site} and state = 'succeeded'
          and created_at > coalesce(e.destroyed_at, '-infinity') and finished_at > coalesce(e.lost_at, '-infinity')
        order by finished_at desc limit 200
      ) succeeded
    ) as history, (select coalesce(json_agg(b.release), '[]') from blocks b where b.blocked) as blocked
    from (select) one left join environments e on e.name = ${site}`.execute(db);
  const [row] = rows;
  if (!row) throw new TypeError('one row is always selected');
  return row;
}

/** Where an environment is, for the time when nobody declares it any more, and by whose declaration: the first who came with it. */
export async function recordDeclared(
  trx: Transaction<Tables>,
  site: Site,
  environment: Environment,
  { actor, host }: Pick<PromotionRow, 'actor' | 'host'>,
): Promise<void> {
  const declared = JSON.stringify(environment);
  await trx
    .insertInto('environments')
    .values({ name: site, live_release: null, infrastructure_release: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await trx
    .updateTable('environments')
    .set({ declared, declared_by: actor, declared_on: host, declared_at: sql<Date>`now()` })
    .where('name', '=', site)
    .where(sql<boolean>`declared is distinct from ${declared}::jsonb`)
    .execute();
}

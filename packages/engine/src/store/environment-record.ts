import {
  type Environment,
  type EnvironmentRecord,
  nameAt,
  rollbackTarget,
  type Site,
  type SucceededPromotion,
} from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';
import type { PromotionRow } from './views.ts';

/** What the records say of an environment now. */
export async function environmentRecord(db: Database | Transaction<Tables>, site: Site): Promise<EnvironmentRecord> {
  const row = await db.selectFrom('environments').selectAll().where('name', '=', site).executeTakeFirst();
  const liveRelease = row?.live_release ?? null;
  return {
    environment: nameAt(site),
    liveRelease,
    previousRelease: rollbackTarget(await historyOf(db, site), liveRelease),
    infrastructureRelease: row?.infrastructure_release ?? null,
    generation: Number(row?.generation ?? 0),
  };
}

/** What was promoted into an environment before it was destroyed says nothing of the one that stands now. */
export const isOfThePresent = sql<boolean>`promotions.created_at > coalesce(
  (select destroyed_at from environments where environments.name = promotions.environment), '-infinity')`;

/** Succeeded promotions whose versions were not lost since, newest first. */
export async function historyOf(db: Database | Transaction<Tables>, site: Site): Promise<SucceededPromotion[]> {
  return db
    .selectFrom('promotions')
    .select(['kind', 'release', 'previous'])
    .where('environment', '=', site)
    .where('state', '=', 'succeeded')
    .where(isOfThePresent)
    .where(
      sql<boolean>`promotions.finished_at > coalesce(
        (select lost_at from environments where environments.name = promotions.environment), '-infinity')`,
    )
    .orderBy('finished_at', 'desc')
    .limit(200)
    .execute();
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

import { type Environment, type EnvironmentRecord, rollbackTarget, type SucceededPromotion } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** What the records say of an environment now. */
export async function environmentRecord(db: Database | Transaction<Tables>, name: string): Promise<EnvironmentRecord> {
  const row = await db.selectFrom('environments').selectAll().where('name', '=', name).executeTakeFirst();
  const liveRelease = row?.live_release ?? null;
  return {
    environment: name,
    liveRelease,
    previousRelease: rollbackTarget(await historyOf(db, name), liveRelease),
    infrastructureRelease: row?.infrastructure_release ?? null,
    generation: Number(row?.generation ?? 0),
  };
}

/** What was promoted into an environment before it was destroyed says nothing of the one that stands now. */
export const isOfThePresent = sql<boolean>`promotions.created_at > coalesce(
  (select destroyed_at from environments where environments.name = promotions.environment), '-infinity')`;

/** Succeeded promotions whose versions were not lost since, newest first. */
export async function historyOf(
  db: Database | Transaction<Tables>,
  environment: string,
): Promise<SucceededPromotion[]> {
  return db
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
}

/** Where an environment is, for the time when nobody declares it any more. */
export async function recordDeclared(trx: Transaction<Tables>, environment: Environment): Promise<void> {
  const declared = JSON.stringify(environment);
  await trx
    .insertInto('environments')
    .values({ name: environment.name, live_release: null, infrastructure_release: null, declared })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ declared }))
    .execute();
}

import { nameAt, type Site } from '@soundbite/model';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { isReached, type Sites } from './sites.ts';

/** Promotions within reach that have not ended, oldest first. */
export const unfinished = (db: Database, sites: Sites) =>
  db
    .selectFrom('promotions')
    .select(['id', 'environment'])
    .where('finished_at', 'is', null)
    .where(isReached(sites, 'environment'))
    .orderBy('created_at');

/** A promotion of the time when there were no homes may be decided by any. */
export const wasAskedHere = ({ home }: Sites) =>
  home === null ? sql<boolean>`true` : sql<boolean>`coalesce(promotions.home, ${home.id}) = ${home.id}`;

/** The rows of a query, with environments named by their sites. */
export async function namesOf(query: {
  execute(): Promise<{ readonly id: string; readonly environment: Site }[]>;
}): Promise<{ readonly id: string; readonly environment: string }[]> {
  return (await query.execute()).map(({ id, environment }) => ({ id, environment: nameAt(environment) }));
}

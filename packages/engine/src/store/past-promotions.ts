import type { Digest } from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { promotionIn } from './heard-events.ts';
import { wasAskedHere } from './promotion-sets.ts';
import { isReached, type Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import type { RevisedView } from './views.ts';

/** Promotions as they were at a time. */
export interface PastPromotions {
  view(id: string): Promise<RevisedView | null>;
  /** Oldest first. */
  coming(name: string): Promise<RevisedView[]>;
  /** Newest first. */
  list(options: { readonly environment: string; readonly limit: number }): Promise<RevisedView[]>;
  /** Of each of these releases the last promotion in each environment within this home's reach. */
  lastOf(releases: readonly Digest[]): Promise<RevisedView[]>;
}

/** Promotions that were asked for before a time, each as it was told of last before that. */
export function pastPromotions(
  { read }: Pick<UnitOfWork, 'read'>,
  sites: Sites,
  then: RawBuilder<Date>,
): PastPromotions {
  const found = (which: RawBuilder<unknown>) => read((db) => toldBefore(db, sites, then, which));
  const reached = isReached(sites, 'environment');
  return {
    view: async (id) => (await found(sql`where id = ${id} and created_at < ${then}`))[0] ?? null,
    coming: (name) =>
      found(sql`where created_at < ${then} and (finished_at is null or finished_at >= ${then})
        and ${reached} and ${cameInto(sites, name, then)} order by created_at`),
    list: ({ environment, limit }) =>
      found(sql`where environment = ${sites.of(environment)} and created_at < ${then}
        order by created_at desc limit ${limit}`),
    lastOf: async (releases) =>
      releases.length === 0 ? [] : found(lastOf(releases, sql`created_at < ${then} and ${reached}`)),
  };
}

const lastOf = (releases: readonly Digest[], narrow: RawBuilder<unknown>) => sql`
  where id in (select distinct on (release, environment) id from promotions
    where release = any(${[...releases]}::text[]) and ${narrow} order by release, environment, created_at desc)`;

/** Of a row of promotions: it was of an environment, or was to go on to it. */
function cameInto(sites: Sites, name: string, then: RawBuilder<Date>): RawBuilder<boolean> {
  const wasStopped = sql<boolean>`exists (
    select from ledger where subject = promotions.id and kind = 'promotion.stop-asked' and at < ${then})`;
  return sql<boolean>`(environment = ${sites.of(name)}
    or (${name} = any(rest) and ${wasAskedHere(sites)} and not ${wasStopped}))`;
}

async function toldBefore(
  db: Database,
  sites: Sites,
  then: RawBuilder<Date>,
  which: RawBuilder<unknown>,
): Promise<RevisedView[]> {
  const { rows } = await sql<{ readonly view: unknown }>`
    with asked as (select id, row_number() over () as place from (select id from promotions ${which}) chosen)
    select told.view from asked join lateral (
      select view from events where kind = 'promotion' and subject = asked.id and at < ${then}
      order by sequence desc limit 1) told on true order by place`.execute(db);
  return rows.flatMap(({ view }) => promotionIn(sites, view) ?? []);
}

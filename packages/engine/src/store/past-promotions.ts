import type { Digest, Site } from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { promotionIn } from './heard-events.ts';
import { isAskedBefore, isLastOf } from './promotion-looks.ts';
import { wasAskedHere } from './promotion-sets.ts';
import { isReached, type Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import type { RevisedView } from './views.ts';

/** Promotions as they were at a time. */
export interface PastPromotions {
  view(id: string): Promise<RevisedView | null>;
  /** Oldest first. */
  coming(name: string): Promise<RevisedView[]>;
  /** Newest first; `before`: only what was asked for before that promotion. */
  list(options: {
    readonly environment?: string;
    readonly limit: number;
    readonly everywhere?: boolean;
    readonly before?: string;
  }): Promise<RevisedView[]>;
  /** Of each of these releases the last promotion in each environment within this home's reach. */
  lastOf(releases: readonly Digest[]): Promise<RevisedView[]>;
}

/** Promotions that were asked for before a time, each as it was told of last before that. */
export function pastPromotions(
  { read }: Pick<UnitOfWork, 'read'>,
  sites: Sites,
  then: RawBuilder<Date>,
): PastPromotions {
  const told = (which: RawBuilder<unknown>) => read((db) => toldBefore(db, sites, then, which));
  const found = async (which: RawBuilder<unknown>) => (await told(which)).map(({ view }) => view);
  const wasAsked = sql<boolean>`(promotions.created_at < ${then} and ${isReached(sites, 'environment')})`;
  let open: Promise<Told[]> | undefined;
  // Once for all environments.
  const openThen = () => {
    open ??= told(sql`where ${wasAsked} and (finished_at is null or finished_at >= ${then})
      and tstzrange(created_at, case when finished_at >= created_at then finished_at end, '[]') @> ${then} order by created_at`);
    return open;
  };
  return {
    view: async (id) => (await found(sql`where id = ${id} and created_at < ${then}`))[0] ?? null,
    coming: async (name) => {
      const site = sites.of(name);
      const isComing = (one: Told) => one.site === site || (one.goesOn && one.view.rest.includes(name));
      return (await openThen()).filter(isComing).map(({ view }) => view);
    },
    list: ({ environment, limit, everywhere = false, before }) => {
      const there = environment === undefined ? sql`true` : sql`environment = ${sites.of(environment)}`;
      const which = everywhere ? sql`created_at < ${then}` : wasAsked;
      const behind = before === undefined ? sql`true` : isAskedBefore(before);
      return found(sql`where ${there} and ${which} and ${behind} order by created_at desc, id desc limit ${limit}`);
    },
    lastOf: async (releases) => (releases.length === 0 ? [] : found(sql`where ${isLastOf(releases, wasAsked)}`)),
  };
}

/** A promotion as it was. */
interface Told {
  readonly view: RevisedView;
  readonly site: Site;
  /** Nobody had stopped it: it went on to what is behind its environment. */
  readonly goesOn: boolean;
}

async function toldBefore(
  db: Database,
  sites: Sites,
  then: RawBuilder<Date>,
  which: RawBuilder<unknown>,
): Promise<Told[]> {
  const wasStopped = sql<boolean>`exists (
    select from ledger where subject = promotions.id and kind = 'promotion.stop-asked' and at < ${then})`;
  const { rows } = await sql<{ readonly view: unknown; readonly site: Site; readonly goes_on: boolean }>`
    select told.view, promotions.environment as site, rest <> '{}' and ${wasAskedHere(sites)} and not ${wasStopped} as goes_on
    from (select *, row_number() over () as place from (select * from promotions ${which}) chosen) promotions
    join lateral (
      select view from events where kind = 'promotion' and subject = promotions.id and at < ${then}
      order by sequence desc limit 1) told on true order by place`.execute(db);
  return rows.flatMap(({ view: as, site, goes_on: goesOn }) => {
    const view = promotionIn(sites, as);
    return view ? [{ view, site, goesOn }] : [];
  });
}

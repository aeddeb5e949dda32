import { type Digest, homeOfSite, type Site } from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { isOfThePresent } from './present.ts';
import { namesOf, unfinished, wasAskedHere } from './promotion-sets.ts';
import { isReached, type Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';
import { type RevisedView, views } from './views.ts';

/** Promotions and their states. */
export function promotionLooks({ read }: UnitOfWork, sites: Sites) {
  return {
    view: (id: string): Promise<RevisedView | null> =>
      read(async (db) => (await views(db, (query) => query.where('id', '=', id))).map(seenFrom(sites))[0] ?? null),

    /** A number that changes with every change of a promotion's view; null: no such promotion. */
    revision: (id: string): Promise<number | null> =>
      read(async (db) => {
        const row = await db.selectFrom('promotions').select('revision').where('id', '=', id).executeTakeFirst();
        return row?.revision ?? null;
      }),

    /**
     * Newest first; within this home's reach, or `everywhere`. `present`: only those of the current environment, not of one destroyed before. `before`: only
     * what was asked for before that promotion.
     */
    list: (options: {
      environment?: string;
      limit: number;
      unfinished?: boolean;
      present?: boolean;
      everywhere?: boolean;
      before?: string;
    }): Promise<RevisedView[]> =>
      read(async (db) => {
        const found = await views(db, (query) => {
          const reached = options.everywhere ? query : query.where(isReached(sites, 'environment'));
          const { environment } = options;
          const here = environment === undefined ? reached : reached.where('environment', '=', sites.of(environment));
          const open = options.unfinished ? here.where('state', 'in', ['waiting', 'running']) : here;
          const chosen = options.present ? open.where(isOfThePresent) : open;
          const { before } = options;
          const behind = before === undefined ? chosen : chosen.where(isAskedBefore(before));
          return behind.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(options.limit);
        });
        return found.map(seenFrom(sites));
      }),

    /** Of each of these releases the last promotion in each environment within this home's reach. */
    lastOf: (releases: readonly Digest[]): Promise<RevisedView[]> =>
      read(async (db) => {
        if (releases.length === 0) return [];
        const found = await views(db, (query) => query.where(isLastOf(releases, isReached(sites, 'environment'))));
        return found.map(seenFrom(sites));
      }),

    /** What a look at an environment has to know of the promotions there: one query, since what ended last may have been asked for long ago. */
    changesBy: (name: string): Promise<Changes> => read((db) => changesAt(db, sites.of(name))),

    /** Promotions within this home's reach that were let in and have not ended, oldest first. */
    open: (): Promise<{ readonly id: string; readonly environment: string }[]> =>
      read((db) => namesOf(unfinished(db, sites).where('admitted_at', 'is not', null))),

    /** Ids of the promotions that have not ended and are of an environment, or go on to it. */
    comingInto: (name: string): Promise<string[]> =>
      read(async (db) => {
        const rows = await unfinished(db, sites).where(comesInto(sites, name)).execute();
        return rows.map(({ id }) => id);
      }),

    /** What was asked for later in the same environment and may still be, or is, live there: the newest first, of the last hundred. */
    askedLater: (id: string): Promise<{ readonly promotion: string; readonly release: Digest }[]> =>
      read((db) =>
        db
          .selectFrom('promotions as later')
          .innerJoin('promotions as own', 'own.environment', 'later.environment')
          .select(['later.id as promotion', 'later.release'])
          .where('own.id', '=', id)
          .whereRef('later.created_at', '>', 'own.created_at')
          .where('later.kind', '=', 'promote')
          .where('later.state', 'in', ['waiting', 'running', 'succeeded'])
          .orderBy('later.created_at', 'desc')
          .limit(100)
          .execute(),
      ),

    /** The same with what is known of them, oldest first. */
    coming: (name: string): Promise<RevisedView[]> =>
      read(async (db) => {
        const found = await views(db, (query) =>
          query
            .where('finished_at', 'is', null)
            .where(isReached(sites, 'environment'))
            .where(comesInto(sites, name))
            .orderBy('created_at'),
        );
        return found.map(seenFrom(sites));
      }),

    /** The promotion that an ended one went on to. */
    follower: (id: string): Promise<{ readonly id: string; readonly environment: string } | null> =>
      read(async (db) => {
        const followers = db.selectFrom('promotions').select(['id', 'environment']).where('follows', '=', id);
        return (await namesOf(followers))[0] ?? null;
      }),
  };
}

/** Of a row of promotions: it stands behind another one in a list of the newest. A column each, so that an index leads there. */
export const isAskedBefore = (id: string): RawBuilder<boolean> =>
  sql<boolean>`(promotions.created_at, promotions.id) < ((select created_at from promotions where id = ${id}), ${id})`;

/** Of a row of promotions: it is the last of one of these releases in its environment, of those that `narrow` leaves. Views are made of these alone. */
export const isLastOf = (releases: readonly Digest[], narrow: RawBuilder<boolean>): RawBuilder<boolean> => sql<boolean>`
  promotions.id in (select distinct on (release, environment) id from promotions
    where release = any(${[...releases]}::text[]) and ${narrow} order by release, environment, created_at desc)`;

/** How promotions change an environment. */
interface Changes {
  /** One does now. */
  readonly isChanging: boolean;
  /** Releases of those that broke down since the last one that succeeded, the newest first. */
  readonly half: readonly Digest[];
  /** When the last one ended there (ISO 8601, to the ms); null: none did. */
  readonly lastEnded: string | null;
}

async function changesAt(db: Database, site: Site): Promise<Changes> {
  const { rows } = await sql<{ running: boolean; half: Digest[] | null; last_ended: Date | null }>`
    with here as (select *, ${isOfThePresent} as present from promotions where environment = ${site})
    select coalesce(bool_or(state = 'running'), false) as running, max(finished_at) as last_ended,
      (array_agg(release order by finished_at desc) filter (where present and state = 'errored' and finished_at > coalesce(
        (select max(finished_at) from here where present and state = 'succeeded'), '-infinity'))) as half
    from here`.execute(db);
  const [row] = rows;
  const { running: isChanging = false, half, last_ended: ended } = row ?? {};
  return { isChanging, half: half ?? [], lastEnded: ended?.toISOString() ?? null };
}

/** Of a row of promotions: it is of an environment, or goes on to it. */
function comesInto(sites: Sites, name: string) {
  const site = sites.of(name);
  const goesOn = sql<boolean>`(${name} = any(rest) and stopped is null)`;
  const mayCome = homeOfSite(site) === null ? goesOn : sql<boolean>`${goesOn} and ${wasAskedHere(sites)}`;
  return sql<boolean>`(environment = ${site} or (${mayCome}))`;
}

/** A view as a home sees it: it names the home of an environment that belongs to another one. */
export const seenFrom =
  (sites: Sites) =>
  ({ home, ...view }: RevisedView): RevisedView =>
    home === undefined || home === sites.home?.id ? view : { ...view, home };

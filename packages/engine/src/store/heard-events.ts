import { type EventKind, eventKinds, nameAt, PromotionView, type Site } from '@soundbite/model';
import { sql } from 'kysely';
import type { Database } from './database.ts';
import { seenFrom } from './promotion-looks.ts';
import { isReached, type Sites } from './sites.ts';
import type { RevisedView } from './views.ts';

/** Something that changed, as this home sees it. */
export interface HeardEvent {
  /** Numbers grow with time; those that are missing were of other homes. */
  readonly sequence: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: EventKind;
  /** A promotion's id, an environment's name, a release's digest. */
  readonly subject: string;
  /** A promotion as it was from then on; null: of anything else, and of one that an older version told of in another form. */
  readonly view: RevisedView | null;
}

/** Some events in order, and how far they go. */
export interface EventPage {
  readonly events: readonly HeardEvent[];
  /** Nothing up to this number was left out. */
  readonly upTo: number;
  /** The newest number of all; 0: nothing ever happened. */
  readonly newest: number;
}

/** The events behind a number that this home may hear of, at most `limit`: of releases, of shared environments and of its own. */
export async function eventsAfter(db: Database, sites: Sites, after: number, limit: number): Promise<EventPage> {
  // One statement is one moment: whatever is not there yet has a higher number than the newest.
  const { rows } = await sql<PageRow>`
    select newest.sequence as newest, event.* from (select coalesce(max(sequence), 0) as sequence from events) newest
    left join lateral (
      select sequence, at, kind, subject, case when kind = 'promotion' then view end as view from events
      where sequence > ${after} and ${isHeard(sites)} order by sequence limit ${limit}
    ) event on true order by event.sequence`.execute(db);
  const newest = Number(rows[0]?.newest ?? 0);
  const found = rows.flatMap((row) => (row.sequence === null ? [] : [row]));
  // A newer version on the same database may tell of more.
  const events = found.filter(({ kind }) => eventKinds.includes(kind)).map((row) => heard(sites, row));
  return { events, newest, upTo: found.length >= limit ? Number(found.at(-1)?.sequence) : newest };
}

/** A promotion's view names the home of an environment that is one home's own; what else is about environments has their site. */
const isHeard = (sites: Sites) =>
  sites.home === null
    ? sql<boolean>`true`
    : sql<boolean>`case kind when 'release' then true when 'promotion' then coalesce(view ->> 'home', '') in ('', ${sites.home.id})
        else ${isReached(sites, 'subject')} end`;

interface EventRow {
  readonly sequence: string;
  readonly at: Date;
  readonly kind: EventKind;
  readonly subject: string;
  readonly view: unknown;
}
type PageRow = { readonly newest: string } & (EventRow | { readonly [Column in keyof EventRow]: null });

const heard = (sites: Sites, { sequence, at, kind, subject, view }: EventRow): HeardEvent => ({
  sequence: Number(sequence),
  at: at.toISOString(),
  kind,
  subject: kind === 'promotion' || kind === 'release' ? subject : nameAt(subject as Site),
  view: kind === 'promotion' ? promotionIn(sites, view) : null,
});

/** A promotion as an event told of it, seen from here; null: an older version told it in another form. */
export function promotionIn(sites: Sites, told: unknown): RevisedView | null {
  const view = PromotionView.safeParse(told);
  const { revision } = (told ?? {}) as Partial<RevisedView>;
  return view.success && typeof revision === 'number' ? seenFrom(sites)({ ...view.data, revision }) : null;
}

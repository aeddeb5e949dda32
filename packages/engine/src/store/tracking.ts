import {
  type Approval,
  type Digest,
  type Environment,
  type EvidenceVerdict,
  type ReleaseEvidence,
  recordedEnvironment,
  type Site,
} from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import type { Sites } from './sites.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/** The promotion by which a release is live. Times in ISO 8601. */
export interface BroughtBy {
  readonly promotion: string;
  /** When it was final: since then the release is live without another one in between. */
  readonly since: string;
  /** Null: promotions were let in by their first step then. */
  readonly admittedAt: string | null;
  readonly follows: string | null;
}

/** Evidence of a release, and when it was said first. */
export interface SaidEvidence
  extends Pick<ReleaseEvidence, 'id' | 'kind' | 'format' | 'digest' | 'url' | 'by' | 'at' | 'newest'> {
  readonly verdict: EvidenceVerdict;
  readonly saidFirst: string;
}

/** What was live at a time. */
export interface LiveAt {
  readonly release: Digest;
  /** As it was declared where the release was let in; null: that was not recorded then. */
  readonly environment: Environment | null;
}

/** What explains the state of an environment. */
export function trackingRepository({ read }: UnitOfWork, sites: Sites) {
  return {
    /** Null: the release is not what was finalised last. */
    broughtBy: (name: string, release: Digest): Promise<BroughtBy | null> =>
      read((db) => bringingAt(db, sites.of(name), release)),

    /** What was live at a time (ISO 8601), and how the environment was declared then; null: nothing was. */
    liveAt: (name: string, time: string): Promise<LiveAt | null> =>
      // People see whole milliseconds.
      read((db) => liveBefore(db, sites.of(name), sql<Date>`(${time}::timestamptz + interval '1 millisecond')`)),

    /** How its environment was declared where a promotion was let in; null: that is not recorded. */
    letInAs: (promotion: string): Promise<Environment | null> =>
      read(async (db) => {
        const row = await db.selectFrom('promotions').select('declared').where('id', '=', promotion).executeTakeFirst();
        return row?.declared ? recordedEnvironment(row.declared) : null;
      }),

    /** How long a rollback took there from its first step to its end, in the middle of the newest hundred; null: none ever succeeded. */
    usualRollbackSeconds: (name: string): Promise<number | null> =>
      read(async (db) => {
        const { rows } = await sql<{ seconds: number | null }>`
          select percentile_cont(0.5) within group (order by extract(epoch from last.finished_at - begun.at)) as seconds
          from (select id, finished_at from promotions
            where environment = ${sites.of(name)} and kind = 'rollback' and state = 'succeeded'
            order by finished_at desc limit 100) last
          join lateral (select min(s.started_at) as at from steps s where s.promotion = last.id) begun on begun.at is not null`.execute(
          db,
        );
        const seconds = rows[0]?.seconds ?? null;
        return seconds === null ? null : Number(seconds);
      }),

    /** What people said of a promotion before it was let in, by tokens that were in force at that moment. Of each person the last word. */
    approvalsBehind: (promotion: string): Promise<Approval[]> =>
      read(async (db) => {
        const { rows } = await sql<Omit<Approval, 'at'> & { readonly at: Date }>`
          select distinct on (a.person) a.person, a.role, a.verdict, a.reason, a.at
          from approvals a join promotions p on p.id = a.promotion
          where a.promotion = ${promotion} and a.release = p.release and ${stoodAt(sql`coalesce(p.admitted_at, p.finished_at, now())`)}
          order by a.person, a.sequence desc`.execute(db);
        return rows.map((row) => ({ ...row, at: row.at.toISOString() })).sort((a, b) => (a.at < b.at ? -1 : 1));
      }),

    /** Newest first. Said again, evidence is as new as that; the ledger knows when it came. */
    evidenceSaid: (release: Digest): Promise<SaidEvidence[]> =>
      read(async (db) => {
        const { rows } = await sql<EvidenceRow>`
          select e.id, e.kind, e.verdict, e.format, e.digest, e.url, e.actor as by, e.at, first.at as said_first, not exists (
            select from evidence later where later.release = e.release and later.kind = e.kind and later.sequence > e.sequence) as newest
          from evidence e left join lateral ${addedAt(sql`e.release`, sql`e.id`)} first on true
          where e.release = ${release} order by e.sequence desc`.execute(db);
        return rows.map(({ at, said_first, ...row }) => ({
          ...row,
          at: at.toISOString(),
          saidFirst: (said_first ?? at).toISOString(),
        }));
      }),
  };
}

/** See `liveAt`, before a time. */
export async function liveBefore(db: Database, site: Site, then: RawBuilder<Date>): Promise<LiveAt | null> {
  const { rows } = await sql<{ release: Digest; declared: unknown }>`
    select release, coalesce(declared, plan -> 'environment') as declared from promotions
    where environment = ${site} and state = 'succeeded' and finished_at < ${then} and finished_at > coalesce(${departedBefore(site, then)}, '-infinity')
    order by finished_at desc limit 1`.execute(db);
  const [row] = rows;
  if (!row) return null;
  const isMap = typeof row.declared === 'object' && row.declared !== null;
  return { release: row.release, environment: isMap ? recordedEnvironment(row.declared) : null };
}

/** When an environment was last emptied before a time; null: it never was. */
export const departedBefore = (site: Site, then: RawBuilder<Date>): RawBuilder<Date | null> => sql<Date | null>`(
  select max(at) from ledger where subject = ${site} and at < ${then} and ${isDeparture})`;

/** Before which time promotions were of an environment that was gone at a time, or another installation's; null: none was. */
export const begunBefore = (site: Site, then: RawBuilder<Date>): RawBuilder<Date | null> => sql<Date | null>`greatest(
  ${departedBefore(site, then)},
  (select max(created_at) - interval '1 millisecond' from promotions
    where environment = ${site} and state = 'succeeded' and created_at < ${then} and starts_with(reason, ${sql.lit(takenOverWords)})))`;

/** Of an entry of the ledger: from then on nothing was live in its environment. */
const isDeparture = sql<boolean>`(kind in ('environment.destroyed', 'environment.handed-back', 'environment.forgotten')
  or (kind = 'environment.taken-over' and payload ->> 'live' is null))`;

/** When the ledger has it that evidence came. */
export const addedAt = (release: RawBuilder<unknown>, id: RawBuilder<unknown>): RawBuilder<unknown> => sql`(
  select min(l.at) as at from ledger l where l.subject = ${release} and l.kind = 'evidence.added' and l.payload ->> 'id' = ${id})`;

type EvidenceRow = Omit<SaidEvidence, 'at' | 'saidFirst'> & { readonly at: Date; readonly said_first: Date | null };

/** Of a row `a` of approvals: its token had neither been revoked nor expired then, and was there when it was given. */
const stoodAt = (time: RawBuilder<unknown>): RawBuilder<boolean> => sql<boolean>`(a.token is null or exists (
  select from tokens t where t.name = a.token and t.created_at <= a.at and t.expires_at > ${time}
    and (t.revoked_at is null or t.revoked_at > ${time})))`;

/** Which promotions may have brought what is live: of the environment that stands now, or of another span of time. */
interface Span {
  /** A time: those before it are of an environment that is gone; null: none is. */
  readonly after: RawBuilder<Date | null>;
  /** A time: those that ended from then on are of later. */
  readonly before: RawBuilder<Date>;
}

/** How the promotion begins to say it that stands for what was found live when an environment was taken over. The index of such promotions has these words, too. */
export const takenOverWords = 'taken over from installation ';

const presentAt = (site: Site): Span => ({
  after: sql`(select destroyed_at from environments where name = ${site})`,
  before: sql`'infinity'::timestamptz`,
});

/** See `broughtBy`: the first one of the release that was final after all of others. */
export async function bringingAt(
  db: Database,
  site: Site,
  release: Digest,
  { after, before }: Span = presentAt(site),
): Promise<BroughtBy | null> {
  const { rows } = await sql<{ id: string; finished_at: Date; admitted_at: Date | null; follows: string | null }>`
    select id, finished_at, admitted_at, follows from promotions
    where environment = ${site} and state = 'succeeded' and release = ${release}
      and created_at > coalesce(${after}, '-infinity') and finished_at < ${before} and finished_at > coalesce((
      select max(other.finished_at) from promotions other
      where other.environment = ${site} and other.state = 'succeeded' and other.release <> ${release}
        and other.created_at > coalesce(${after}, '-infinity') and other.finished_at < ${before}), '-infinity')
    order by finished_at limit 1`.execute(db);
  const [row] = rows;
  return row
    ? {
        promotion: row.id,
        since: row.finished_at.toISOString(),
        admittedAt: row.admitted_at?.toISOString() ?? null,
        follows: row.follows,
      }
    : null;
}

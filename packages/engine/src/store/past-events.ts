import {
  type Acting,
  type Block,
  type BrokenGlass,
  type Digest,
  type EventKind,
  type Freeze,
  type Hold,
  nameAt,
  type Site,
  shownUntil,
  type Taint,
} from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from './database.ts';
import { addedAt, type SaidEvidence } from './tracking.ts';

/** Kinds of which the last event of an environment says all. */
type PlaceKind = Extract<EventKind, 'environment' | 'lock' | 'freeze' | 'hold' | 'taint'>;

/** The last that was told of an environment before a time; undefined: nothing was. */
export async function lastTold<View>(
  db: Database,
  then: RawBuilder<Date>,
  kind: PlaceKind,
  site: Site,
): Promise<View | undefined> {
  const { rows } = await sql<{ readonly view: View }>`
    select view from events where sequence = (
      select sequence from events where kind = ${sql.lit(kind)} and subject = ${site} and at < ${then}
      order by sequence desc limit 1)`.execute(db);
  return rows[0]?.view;
}

/** What acted on everything that wanted to enter an environment, and on a release. */
export async function actingThen(
  db: Database,
  then: RawBuilder<Date>,
  site: Site,
  release: Digest | null,
): Promise<Omit<Acting, 'before'>> {
  const { rows } = await sql<{ readonly ms: string }>`select extract(epoch from ${then}) * 1000 as ms`.execute(db);
  const isAfter = (time: string | null) => time === null || Date.parse(time) >= Number(rows[0]?.ms);
  const [freezes, holds, taints, blocks, glass] = await Promise.all([
    lastTold<{ readonly freezes: readonly Freeze[] }>(db, then, 'freeze', site),
    lastTold<{ readonly holds: readonly Hold[] }>(db, then, 'hold', site),
    lastTold<{ readonly taints: readonly Taint[] }>(db, then, 'taint', site),
    release === null ? [] : blocksThen(db, then, release),
    glassThen(db, then, site),
  ]);
  return {
    freezes: (freezes?.freezes ?? []).filter(({ until }) => isAfter(until)),
    holds: (holds?.holds ?? []).filter(({ until }) => isAfter(until)),
    taints: taints?.taints ?? [],
    block: blocks[0] ?? null,
    glass,
  };
}

/** Who broke the glass within the day before. */
async function glassThen(db: Database, then: RawBuilder<Date>, site: Site): Promise<BrokenGlass[]> {
  const { rows } = await sql<Omit<BrokenGlass, 'at' | 'until' | 'environment'> & { readonly at: Date }>`
    select id as promotion, release, request ->> 'reason' as reason, actor as by, created_at as at from promotions
    where environment = ${site} and request -> 'breakGlass' = 'true'
      and created_at < ${then} and created_at > ${then} - interval '1 day' order by created_at desc`.execute(db);
  return rows.map(({ at, ...one }) => {
    const time = at.toISOString();
    return { ...one, at: time, until: shownUntil(time), environment: nameAt(site) };
  });
}

/** The last word on each release, or on one: that it is blocked, or may go on again. */
export async function blocksThen(db: Database, then: RawBuilder<Date>, release?: Digest): Promise<Block[]> {
  const { rows } = await sql<{ readonly view: Block; readonly at: Date }>`
    select distinct on (subject) view, at from events
    where kind = 'release' and ${release === undefined ? sql`true` : sql`subject = ${release}`} and at < ${then} and view ? 'blocked'
    order by subject, sequence desc`.execute(db);
  // Of the time before a block had a time of its own.
  return rows.map(({ view, at }) => ({ at: at.toISOString(), ...view }));
}

type ToldEvidence = Omit<SaidEvidence, 'newest' | 'saidFirst'>;

/** Newest first: what was said again is as new as when it was said first. */
export async function evidenceThen(db: Database, then: RawBuilder<Date>, release: Digest): Promise<SaidEvidence[]> {
  const { rows } = await sql<{ readonly said: ToldEvidence; readonly first: Date }>`
    with told as (
      select sequence, at, view -> 'evidence' as said from events
      where kind = 'release' and subject = ${release} and at < ${then} and view ? 'evidence')
    select last.said, coalesce(added.at, first.at) as first
    from (select distinct on (said ->> 'id') * from told order by said ->> 'id', sequence) first
    join lateral (select said from told where told.said ->> 'id' = first.said ->> 'id' order by sequence desc limit 1) last on true
    left join lateral ${addedAt(sql`${release}`, sql`first.said ->> 'id'`)} added on true
    order by first.sequence desc`.execute(db);
  const kinds = new Set<string>();
  return rows.map(({ said, first }) => {
    const newest = !kinds.has(said.kind);
    kinds.add(said.kind);
    const { id, kind, verdict, format, digest, url, by, at } = said;
    return { ...{ id, kind, verdict, format, digest, url, by, at }, newest, saidFirst: first.toISOString() };
  });
}

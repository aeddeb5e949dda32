import {
  type Acting,
  type Block,
  type BrokenGlass,
  type Digest,
  type Freeze,
  type Hold,
  nameAt,
  type Site,
  shownUntil,
} from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { FreezesTable, HoldsTable, Tables } from './schema.ts';

type AsJson<Row> = { readonly [Name in keyof Row]: Row[Name] extends Date | null ? string : Row[Name] };

/** What acts on everything that wants to enter an environment now, and on this release: one round trip. Newest first. */
export async function actingOn(
  db: Database | Transaction<Tables>,
  site: Site,
  release: Digest | null,
): Promise<Acting> {
  const { rows } = await sql<{
    freezes: AsJson<Selectable<FreezesTable>>[];
    holds: AsJson<Selectable<HoldsTable>>[];
    block: Block | null;
    glass: Pick<BrokenGlass, 'promotion' | 'release' | 'reason' | 'by' | 'at'>[];
  }>`
    select (
      select coalesce(json_agg(f order by f.sequence desc), '[]') from freezes f
      where f.environment = ${site} and f.removed_at is null and f.until > now()) as freezes, (
      select coalesce(json_agg(h order by h.sequence desc), '[]') from holds h
      where h.environment = ${site} and h.ended_at is null and (h.until is null or h.until > now())) as holds, (
      select json_build_object('release', b.release, 'blocked', b.blocked, 'reason', b.reason, 'by', b.actor) from blocks b
      where b.release = ${release}) as block, (
      select coalesce(json_agg(json_build_object(
        'promotion', p.id, 'release', p.release, 'reason', p.request->>'reason', 'by', p.actor, 'at', p.created_at
      ) order by p.created_at desc), '[]') from promotions p
      where p.environment = ${site} and p.created_at > now() - interval '1 day' and p.request->'breakGlass' = 'true') as glass`.execute(
    db,
  );
  const [row] = rows;
  return {
    freezes: (row?.freezes ?? []).map(freezeOf),
    holds: (row?.holds ?? []).map(holdOf),
    block: row?.block ?? null,
    glass: (row?.glass ?? []).map((one) => ({ ...one, ...shownTimes(one.at), environment: nameAt(site) })),
  };
}

const shownTimes = (asJson: string): Pick<BrokenGlass, 'at' | 'until'> => {
  const at = new Date(asJson).toISOString();
  return { at, until: shownUntil(at) };
};

/** Of a row, or of its JSON. */
export const freezeOf = (
  row: {
    readonly [Name in 'id' | 'environment' | 'reason' | 'actor']: FreezesTable[Name];
  } & { readonly began_at: Date | string; readonly until: Date | string },
): Freeze => ({
  ...{ id: row.id, environment: nameAt(row.environment), reason: row.reason, by: row.actor },
  from: new Date(row.began_at).toISOString(),
  until: new Date(row.until).toISOString(),
});

export const holdOf = (
  row: {
    readonly [Name in 'id' | 'environment' | 'scope' | 'reason' | 'actor']: HoldsTable[Name];
  } & { readonly until: Date | string | null },
): Hold => ({
  ...{ id: row.id, environment: nameAt(row.environment), scope: row.scope, reason: row.reason, by: row.actor },
  until: row.until === null ? null : new Date(row.until).toISOString(),
});

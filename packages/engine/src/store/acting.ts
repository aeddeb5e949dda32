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
  type Taint,
} from '@soundbite/model';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { FreezesTable, HoldsTable, Tables, TaintsTable } from './schema.ts';

type AsJson<Row> = { readonly [Name in keyof Row]: Row[Name] extends Date | null ? string : Row[Name] };

interface Asking {
  readonly release: Digest | null;
  /** The environment from which it comes. */
  readonly before: Site | null;
}

/** What acts, as one row of JSON. */
interface ActingRow {
  readonly freezes: AsJson<Selectable<FreezesTable>>[];
  readonly holds: (AsJson<Selectable<HoldsTable>> & {
    readonly rolled_back_at: string | null;
    readonly since: string | null;
  })[];
  readonly block: (Block & { readonly at: string }) | null;
  readonly taints: AsJson<Selectable<TaintsTable>>[];
  readonly before: { readonly live: Digest | null; readonly taints: AsJson<Selectable<TaintsTable>>[] } | null;
  readonly glass: Pick<BrokenGlass, 'promotion' | 'release' | 'reason' | 'by' | 'at'>[];
}

/** What acts on everything that wants to enter an environment now, and on this release: one round trip. Newest first. */
export async function actingOn(
  db: Database | Transaction<Tables>,
  site: Site,
  asking: Asking = { release: null, before: null },
): Promise<Acting> {
  const { rows } = await selectActing(site, asking).execute(db);
  const [row] = rows;
  return {
    freezes: (row?.freezes ?? []).map(freezeOf),
    holds: (row?.holds ?? []).map(holdOf),
    block: row?.block ? { ...row.block, at: new Date(row.block.at).toISOString() } : null,
    taints: (row?.taints ?? []).map(taintOf),
    before: row?.before ? { live: row.before.live, taints: row.before.taints.map(taintOf) } : null,
    glass: (row?.glass ?? []).map((one) => ({ ...one, ...shownTimes(one.at), environment: nameAt(site) })),
  };
}

const selectActing = (site: Site, { release, before }: Asking) => sql<ActingRow>`
    select (
      select coalesce(json_agg(f order by f.sequence desc), '[]') from freezes f
      where f.environment = ${site} and f.removed_at is null and f.until > now()) as freezes, (
      select coalesce(json_agg(h order by h.sequence desc), '[]') from (
        select *, (select created_at from promotions where id = holds.after) as rolled_back_at,
          (select at from ledger where key = 'hold/' || holds.id || '/added') as since from holds) h
      where h.environment = ${site} and h.ended_at is null and (h.until is null or h.until > now())) as holds, (
      select json_build_object('release', b.release, 'blocked', b.blocked, 'reason', b.reason, 'by', b.actor, 'at', b.at) from blocks b
      where b.release = ${release}) as block, (
      select coalesce(json_agg(taints order by sequence desc), '[]') from taints
      where environment = ${site} and ${isOpen}) as taints, (
      select json_build_object(
        'live', (select live_release from environments where name = ${before}),
        'taints', (select coalesce(json_agg(taints order by sequence desc), '[]') from taints
          where environment = ${before} and ${isOpenOrAccepted}))
      where ${before}::text is not null) as before, (
      select coalesce(json_agg(json_build_object(
        'promotion', p.id, 'release', p.release, 'reason', p.request->>'reason', 'by', p.actor, 'at', p.created_at
      ) order by p.created_at desc), '[]') from promotions p
      where p.environment = ${site} and p.created_at > now() - interval '1 day' and p.request->'breakGlass' = 'true') as glass`;

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
  } & { readonly until: Date | string | null; readonly rolled_back_at: string | null; readonly since: string | null },
): Hold => ({
  ...{ id: row.id, environment: nameAt(row.environment), scope: row.scope, reason: row.reason, by: row.actor },
  ...(row.since === null ? {} : { since: new Date(row.since).toISOString() }),
  until: row.until === null ? null : new Date(row.until).toISOString(),
  ...(row.rolled_back_at === null ? {} : { rolledBackAt: new Date(row.rolled_back_at).toISOString() }),
});

export const taintOf = (
  row: Pick<Selectable<TaintsTable>, 'id' | 'environment' | 'why' | 'findings' | 'release' | 'reason' | 'promotion'> & {
    readonly ended_as: Taint['endedAs'];
    readonly ended_by: string | null;
    readonly since: Date | string;
    readonly ended_at: Date | string | null;
  },
): Taint => ({
  ...{ id: row.id, environment: nameAt(row.environment), why: row.why, findings: row.findings, release: row.release },
  since: new Date(row.since).toISOString(),
  by: row.ended_by,
  ended: row.ended_at === null ? null : new Date(row.ended_at).toISOString(),
  ...{ endedAs: row.ended_as, reason: row.reason, promotion: row.promotion },
});

/** When what was released was last brought back, of a row of taints. */
const lastReconciled = sql<Date>`coalesce((
  select max(finished_at) from promotions
  where environment = taints.environment and state = 'succeeded' and kind = 'promote'), '-infinity')`;

/** Of a row of taints. A promotion ends them; one of a control plane that knew of none ended them all the same. */
export const isOpen = sql<boolean>`(taints.ended_at is null and taints.since > ${lastReconciled})`;

/** The same; what was accepted counts until a promotion brought back what was released. */
export const isOpenOrAccepted = sql<boolean>`(${isOpen} or (
  taints.ended_as = 'accepted' and taints.ended_at > ${lastReconciled}))`;

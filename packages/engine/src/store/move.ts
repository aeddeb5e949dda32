import { randomInt } from 'node:crypto';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { Client } from 'pg';
import { startAlone } from '../executor.ts';
import { type Database, openAnyDatabase, openDatabase } from './database.ts';
import { checkDatabase, recordTables } from './database-check.ts';
import { databaseMoved, placeOf } from './database-problem.ts';
import type { Tables } from './schema.ts';

/** What was carried over. */
export interface Moved {
  readonly installation: string;
  readonly promotions: number;
  readonly entries: number;
  /** Where the records are from now on: host and database, without user or password. */
  readonly to: string;
}

/** Tables in the order in which their rows can be written, each with the order of its rows and how many of them are copied at a time. */
export const movedTables = [
  ['environments', 'name', 500],
  ['promotions', 'created_at, id', 500],
  ['steps', 'promotion, key', 500],
  ['ledger', 'sequence', 500],
  ['events', 'sequence', 500],
  // A file may have 8 MiB, which are twice as many in transit.
  ['evidence', 'sequence', 2],
  ['commits', 'commit', 500],
  ['cuts', 'sequence', 500],
  ['blocks', 'release', 500],
  ['freezes', 'sequence', 500],
  ['tokens', 'sequence', 500],
  ['approvals', 'sequence', 500],
  ['accesses', 'minute, actor, token, operation, places, allowed', 500],
  ['holds', 'sequence', 500],
  ['taints', 'sequence', 500],
] as const;

/** What is of one database alone: who holds something there now, and which installation it is. */
export const keptTables = ['locks', 'executors', 'installation'] as const;

/**
 * Says what speaks against a move before anybody has to rest for it; the move itself asks again. Changes nothing.
 * Errors: `database-down`, `database-unusable`, `database-newer`, `database-same`, `database-holds-records`, `promotions-under-way`,
 * `database-moved`.
 */
export async function refuseMove(from: string, to: string): Promise<void> {
  const [source, target] = [await checkDatabase(from), await checkDatabase(to)];
  if (source.movedTo !== null && source.movedTo !== placeOf(to)) throw databaseMoved(source.movedTo);
  if (source.movedTo !== null) return;
  if (target.movedTo !== null) throw databaseMoved(target.movedTo);
  if (target.holdsRecords && target.installation !== source.installation) throw holdsRecords(placeOf(to));
  await withClients(from, to, async (one, other) => {
    if (await isSameDatabase(one, other)) throw sameDatabase(placeOf(to));
    const unfinished = `select id, environment from soundbite.promotions where state in ('waiting', 'running')`;
    if (source.holdsRecords) refuseOpen((await one.query(unfinished)).rows);
  });
}

async function withClients<T>(from: string, to: string, work: (one: Client, other: Client) => Promise<T>): Promise<T> {
  const clients = [from, to].map((connectionString) => new Client({ connectionString }));
  const [one, other] = clients as [Client, Client];
  for (const client of clients) client.on('error', () => undefined);
  try {
    for (const client of clients) await client.connect();
    return await work(one, other);
  } finally {
    for (const client of clients) await client.end().catch(() => undefined);
  }
}

/** Two URLs may name one database in different words; what one session locks, another one of the same database cannot lock. */
async function isSameDatabase(one: Client, other: Client): Promise<boolean> {
  const key = randomInt(2 ** 47);
  await one.query('select pg_advisory_lock($1)', [key]);
  const { rows } = await other.query('select pg_try_advisory_lock($1) as got', [key]);
  return rows[0].got === false;
}

const sameDatabase = (place: string): SoundBiteError =>
  new SoundBiteError('database-same', `${place} is this home's own database: the records are there already`, {
    hint: 'set DATABASE_URL to the database that your team shares',
  });

/**
 * Carries everything that was recorded in one database over into an empty one, with the installation's id, so that accounts know the new one as
 * the old. The old one is marked and never opened again: two databases of one id could not order two people. Nobody else may use the old one
 * meanwhile. `home`: whose records they are; there they stay its own, beside those of other homes. Done twice it is done once: a move that was cut
 * off before the mark is finished by the next.
 * Errors: those of `refuseMove`, `database-busy`.
 */
export async function moveRecords(
  from: string,
  to: string,
  home: string,
  onError: (error: Error) => void,
): Promise<Moved> {
  await refuseMove(from, to);
  const source = await openAnyDatabase(from, onError);
  try {
    if (source.movedTo === placeOf(to))
      return await source.db.transaction().execute((trx) => whatMoved(trx, placeOf(to)));
    if (source.movedTo !== null) throw databaseMoved(source.movedTo);
    return await startAlone(to, async () => {
      const target = await openDatabase(to, onError);
      try {
        return await copyAndMark(source.db, target.db, home, placeOf(to));
      } finally {
        await target.close();
      }
    });
  } finally {
    await source.close();
  }
}

async function copyAndMark(from: Database, to: Database, home: string, place: string): Promise<Moved> {
  return from.transaction().execute(async (source) => {
    for (const [table] of movedTables) await sql`lock table ${sql.table(table)} in share mode`.execute(source);
    await refuseUnfinished(source);
    const id = await installationOf(source);
    await to.transaction().execute(async (target) => {
      if (await isCopied(source, target, id)) return;
      if (await isOlderCopy(source, target, id)) await clear(target);
      await refuseFull(target, place, id);
      for (const moved of movedTables) await copyTable(source, target, moved);
      await keepApart(target, home);
      await copyGeneration(source, target);
      for (const table of ['evidence', 'cuts', 'freezes', 'holds', 'taints', 'tokens', 'approvals'] as const)
        await copySequence(target, table);
      await target.updateTable('installation').set({ id }).execute();
    });
    await source.updateTable('installation').set({ moved_to: place }).execute();
    return whatMoved(source, place);
  });
}

const installationOf = async (trx: Transaction<Tables>): Promise<string> =>
  (await trx.selectFrom('installation').select('id').executeTakeFirstOrThrow()).id;

const whatMoved = async (source: Transaction<Tables>, to: string): Promise<Moved> => ({
  installation: await installationOf(source),
  promotions: await count(source, 'promotions'),
  entries: await count(source, 'ledger'),
  to,
});

/** Somebody may have looked at the empty database in the same minute. */
const addedUp = sql`
  on conflict (minute, actor, token, operation, places, allowed) do update set times = accesses.times + excluded.times`;

/** Rows travel as Postgres itself writes them: no time loses its microseconds, no number its digits. */
async function copyTable(
  source: Transaction<Tables>,
  target: Transaction<Tables>,
  [table, order, page]: (typeof movedTables)[number],
): Promise<void> {
  for (let offset = 0; ; offset += page) {
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(t)::text as row from ${sql.table(table)} t order by ${sql.raw(order)} limit ${page} offset ${offset}`.execute(
      source,
    );
    if (rows.length === 0) return;
    const all = `[${rows.map(({ row }) => row).join()}]`;
    await sql`
      insert into ${sql.table(table)} select * from jsonb_populate_recordset(null::${sql.table(table)}, ${all}::jsonb)
      ${table === 'accesses' ? addedUp : sql``}`.execute(target);
  }
}

/** A home's own database holds records of emulated environments only: real ones need a shared one. They get the sites that no other home has. */
async function keepApart(target: Transaction<Tables>, home: string): Promise<void> {
  const owned = (column: string) => sql`${sql.ref(column)} || '@' || ${home}::text`;
  await sql`update environments set name = ${owned('name')}`.execute(target);
  for (const table of ['promotions', 'freezes', 'holds', 'taints'] as const)
    await sql`update ${sql.table(table)} set environment = ${owned('environment')}`.execute(target);
  await sql`update events set view = view || jsonb_build_object('home', ${home}::text) where kind = 'promotion'`.execute(
    target,
  );
  await sql`update events set subject = ${owned('subject')} where kind not in ('promotion', 'release')`.execute(target);
}

/** Accounts and edge have seen the old database's generations: the new one begins after them. */
async function copyGeneration(source: Transaction<Tables>, target: Transaction<Tables>): Promise<void> {
  const { rows } = await sql<{ next: string }>`select nextval('generation') as next`.execute(source);
  await sql`select setval('generation', ${rows[0]?.next ?? '1'}::bigint)`.execute(target);
}

/** New rows come after those that were copied with their numbers. */
async function copySequence(
  target: Transaction<Tables>,
  table: 'evidence' | 'cuts' | 'freezes' | 'holds' | 'taints' | 'tokens' | 'approvals',
): Promise<void> {
  await sql`
    select setval(pg_get_serial_sequence(${table}, 'sequence'), coalesce(max(sequence), 0) + 1, false)
    from ${sql.table(table)}`.execute(target);
}

/** An earlier move wrote everything and was cut off before it could mark the source. */
async function isCopied(source: Transaction<Tables>, target: Transaction<Tables>, id: string): Promise<boolean> {
  return (await installationOf(target)) === id && (await head(source)) === (await head(target));
}

/** An earlier move was cut off before it could mark the source, which went on since. */
async function isOlderCopy(source: Transaction<Tables>, target: Transaction<Tables>, id: string): Promise<boolean> {
  const last = await head(target);
  if ((await installationOf(target)) !== id || last === null) return false;
  const known = await source
    .selectFrom('ledger')
    .select('sequence')
    .where('hash', '=', last as Digest)
    .executeTakeFirst();
  return known !== undefined;
}

/** Takes a copy away again: all of it stands in the source. */
async function clear(target: Transaction<Tables>): Promise<void> {
  await sql`alter table ledger disable trigger ledger_append_only`.execute(target);
  for (const [table] of movedTables.toReversed()) await sql`delete from ${sql.table(table)}`.execute(target);
  await sql`alter table ledger enable trigger ledger_append_only`.execute(target);
}

async function head(trx: Transaction<Tables>): Promise<string | null> {
  const last = await trx.selectFrom('ledger').select('hash').orderBy('sequence', 'desc').limit(1).executeTakeFirst();
  return last?.hash ?? null;
}

async function refuseUnfinished(source: Transaction<Tables>): Promise<void> {
  const open = await source
    .selectFrom('promotions')
    .select(['id', 'environment'])
    .where('state', 'in', ['waiting', 'running'])
    .execute();
  refuseOpen(open);
}

function refuseOpen(open: readonly { readonly id: string; readonly environment: string }[]): void {
  const [first] = open;
  if (!first) return;
  throw new SoundBiteError(
    'promotions-under-way',
    `${open.map(({ id, environment }) => `promotion ${id} into ${environment}`).join(', ')} has not ended; nothing was moved`,
    { hint: `wait for it, or stop it: soundbite abort ${first.environment}; then move the records` },
  );
}

async function refuseFull(target: Transaction<Tables>, place: string, id: string): Promise<void> {
  let found = 0;
  for (const table of recordTables) found += await count(target, table);
  if (found === 0) return;
  throw (await installationOf(target)) === id ? wentOn(place) : holdsRecords(place);
}

const holdsRecords = (place: string): SoundBiteError =>
  new SoundBiteError(
    'database-holds-records',
    `${place} holds the records of another installation; nothing was moved`,
    {
      hint: 'name an empty database in DATABASE_URL; to work with that one, start with it and take over the environments that only this home has: soundbite takeover <environment>',
    },
  );

/** A move was cut off, and then both were used: one history cannot be made of two. */
const wentOn = (place: string): SoundBiteError =>
  new SoundBiteError(
    'database-holds-records',
    `${place} holds this home's records from an interrupted move, and others have used it since; nothing was moved`,
    {
      hint: 'name an empty database in DATABASE_URL; or continue with that one and discard what this home did since: soundbite down --purge',
    },
  );

async function count(trx: Transaction<Tables>, table: keyof Tables): Promise<number> {
  const { rows } = await sql<{ n: string }>`select count(*) as n from ${sql.table(table)}`.execute(trx);
  return Number(rows[0]?.n ?? 0);
}

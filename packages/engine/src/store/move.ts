import { SoundBiteError } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { startAlone } from '../executor.ts';
import { type Database, databaseMoved, openAnyDatabase, openDatabase } from './database.ts';
import type { Tables } from './schema.ts';

/** What was carried over. */
export interface Moved {
  readonly installation: string;
  readonly promotions: number;
  readonly entries: number;
  /** Where the records are from now on: host and database, without user or password. */
  readonly to: string;
}

/** Tables in the order in which their rows can be written, each with the order of its rows. */
const tables = [
  ['environments', 'name'],
  ['promotions', 'created_at, id'],
  ['steps', 'promotion, name'],
  ['ledger', 'sequence'],
] as const;

/** Rows that are copied at a time. */
const page = 500;

/**
 * Carries everything that was recorded in one database over into an empty one, with the installation's id, so that accounts know the new one as
 * the old. The old one is marked and never opened again: two databases of one id could not order two people. Nobody else may use the old one
 * meanwhile. Done twice it is done once: a move that was cut off before the mark is finished by the next.
 * Errors: `database-down`, `database-busy`, `database-holds-records`, `promotions-under-way`, `database-moved`.
 */
export async function moveRecords(from: string, to: string, onError: (error: Error) => void): Promise<Moved> {
  const source = await openAnyDatabase(from, onError);
  try {
    if (source.movedTo === placeOf(to))
      return await source.db.transaction().execute((trx) => whatMoved(trx, placeOf(to)));
    if (source.movedTo !== null) throw databaseMoved(source.movedTo);
    return await startAlone(to, async () => {
      const target = await openDatabase(to, onError);
      try {
        return await copyAndMark(source.db, target.db, placeOf(to));
      } finally {
        await target.close();
      }
    });
  } finally {
    await source.close();
  }
}

async function copyAndMark(from: Database, to: Database, place: string): Promise<Moved> {
  return from.transaction().execute(async (source) => {
    for (const [table] of tables) await sql`lock table ${sql.table(table)} in share mode`.execute(source);
    await refuseUnfinished(source);
    const id = await installationOf(source);
    await to.transaction().execute(async (target) => {
      if (await isCopied(source, target, id)) return;
      await refuseFull(target, place);
      for (const [table, order] of tables) await copyTable(source, target, table, order);
      await copyGeneration(source, target);
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

/** Rows travel as Postgres itself writes them: no time loses its microseconds, no number its digits. */
async function copyTable(
  source: Transaction<Tables>,
  target: Transaction<Tables>,
  table: keyof Tables,
  order: string,
): Promise<void> {
  for (let offset = 0; ; offset += page) {
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(t)::text as row from ${sql.table(table)} t order by ${sql.raw(order)} limit ${page} offset ${offset}`.execute(
      source,
    );
    if (rows.length === 0) return;
    await sql`insert into ${sql.table(table)} select * from jsonb_populate_recordset(null::${sql.table(table)}, ${`[${rows.map(({ row }) => row).join()}]`}::jsonb)`.execute(
      target,
    );
  }
}

/** Accounts and edge have seen the old database's generations: the new one begins after them. */
async function copyGeneration(source: Transaction<Tables>, target: Transaction<Tables>): Promise<void> {
  const { rows } = await sql<{ next: string }>`select nextval('generation') as next`.execute(source);
  await sql`select setval('generation', ${rows[0]?.next ?? '1'}::bigint)`.execute(target);
}

/** An earlier move wrote everything and was cut off before it could mark the source. */
async function isCopied(source: Transaction<Tables>, target: Transaction<Tables>, id: string): Promise<boolean> {
  return (await installationOf(target)) === id && (await head(source)) === (await head(target));
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
  if (open.length === 0) return;
  throw new SoundBiteError(
    'promotions-under-way',
    `${open.map(({ id, environment }) => `promotion ${id} into ${environment}`).join(', ')} has not ended; nothing was moved`,
    { source: 'user', mend: 'wait for it, or stop it: soundbite abort <environment>; then move the records' },
  );
}

async function refuseFull(target: Transaction<Tables>, place: string): Promise<void> {
  const promotions = await count(target, 'promotions');
  const environments = await count(target, 'environments');
  if (promotions + environments === 0) return;
  throw new SoundBiteError(
    'database-holds-records',
    `${place} holds the records of another installation (promotions: ${promotions}); nothing was moved`,
    {
      source: 'user',
      mend: 'name an empty database in DATABASE_URL; to work with that one, take environments over: soundbite takeover <environment>',
    },
  );
}

async function count(trx: Transaction<Tables>, table: keyof Tables): Promise<number> {
  const { rows } = await sql<{ n: string }>`select count(*) as n from ${sql.table(table)}`.execute(trx);
  return Number(rows[0]?.n ?? 0);
}

/** A database as it may be shown and recorded: without user and password. */
export function placeOf(url: string): string {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port ? `:${port}` : ''}${pathname}`;
}

import { postgresDiskFull, SoundBiteError } from '@soundbite/model';
import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { Pool } from 'pg';
import { longer, patience, pause } from '../patience.ts';
import { databaseMoved, databaseProblem } from './database-problem.ts';
import { migrations } from './migrations.ts';
import { isStale, PreparingClient } from './prepared.ts';
import type { Tables } from './schema.ts';
import { type OpeningStatement, PromptDialect } from './transactions.ts';

export type Database = Kysely<Tables>;

/** The schema that the engine owns, beside DBOS's own (`dbos`). */
const schema = 'soundbite';

export interface OpenDatabase {
  readonly db: Database;
  /** Which installation this database is: the owner named in fences. */
  readonly installation: string;
  /** Where its records were moved; null: nowhere. */
  readonly movedTo: string | null;
  close(): Promise<void>;
}

/** Like `openAnyDatabase`, but refuses one that lost its records to a move. Errors: also `database-moved`. */
export async function openDatabase(
  url: string,
  onError: (error: Error) => void,
  version?: string,
  begins?: () => OpeningStatement | null,
): Promise<OpenDatabase> {
  const opened = await openAnyDatabase(url, onError, version, begins);
  if (opened.movedTo === null) return opened;
  await opened.close();
  throw databaseMoved(opened.movedTo);
}

/**
 * Opens the database, migrated; one process at a time. Errors: `database-down`, `database-unusable`, `database-migration`.
 * `onError` gets the errors of idle connections that died, e.g. when Postgres is killed: the pool opens new ones. `version` is recorded with a
 * migration, for an older version that finds it. `begins`: the first statement of each transaction.
 */
export async function openAnyDatabase(
  url: string,
  onError: (error: Error) => void,
  version?: string,
  begins: () => OpeningStatement | null = () => null,
): Promise<OpenDatabase> {
  const pool = new Pool({
    connectionString: url,
    Client: PreparingClient,
    max: 8,
    // A client that stops mid-transaction must not keep its locks.
    options: `-c search_path=${schema} -c idle_in_transaction_session_timeout=20s`,
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', onError);
  // A client learns of the connection's end from its queries; an error without a listener would end this process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Tables>({ dialect: new PromptDialect({ pool }, begins) });
  try {
    await sql.raw(`create schema if not exists ${schema}`).execute(db);
  } catch (error) {
    await db.destroy();
    throw databaseProblem(url, error);
  }
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: schema,
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error) {
    await db.destroy();
    throw new SoundBiteError(
      'database-migration',
      `the database could not be migrated: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  if (version && results.length > 0) await sql.raw(`comment on schema ${schema} is ${literal(version)}`).execute(db);
  const { id, moved_to: movedTo } = await db.selectFrom('installation').selectAll().executeTakeFirstOrThrow();
  return { db, installation: id, movedTo, close: () => db.destroy() };
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Postgres states that mean "retry": it was killed, is starting, or ended our session, perhaps as idle. */
const transient = /^(57P0[1-5]|25P03|08|40001|40P01|53300)/;
const network = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT']);

const isFull = (error: unknown): boolean => (error as { code?: unknown }).code === postgresDiskFull;

/** Whether an error says that Postgres was away for a moment, or that the same statement succeeds when it is sent again. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isStale(error)) return true;
  const code = (error as Error & { code?: unknown }).code;
  if (typeof code === 'string' && (transient.test(code) || network.has(code))) return true;
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  );
}

/**
 * Repeats idempotent database work until Postgres is back, for at most `withinMs`. Callers without a time limit, a promotion under
 * way, wait for free disk space, too.
 */
export async function throughOutages<T>(
  work: () => Promise<T>,
  withinMs: number = patience.database.withinMs,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let wait: number = patience.database.firstMs; ; wait = longer(wait, patience.database)) {
    try {
      return await work();
    } catch (error) {
      const isAway = isDatabaseAway(error) || (deadline === Number.POSITIVE_INFINITY && isFull(error));
      if (!isAway || performance.now() + wait > deadline) throw error;
      await pause(wait);
    }
  }
}

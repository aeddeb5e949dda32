import { Client } from 'pg';
import { databaseProblem, leastServerVersion, newerDatabase, tooOld } from './database-problem.ts';
import { migrations } from './migrations.ts';

const answersWithinMs = 5_000;

/**
 * Asks whether this version can work on a database, and changes nothing there. Errors, each in one sentence: `database-down`,
 * `database-unusable`, `database-newer`.
 */
export async function checkDatabase(url: string): Promise<void> {
  let client: Client | undefined;
  try {
    // The option is what a pooler between refuses.
    const options = '-c idle_in_transaction_session_timeout=20s';
    client = new Client({ connectionString: url, connectionTimeoutMillis: answersWithinMs, options });
    client.on('error', () => undefined);
    await client.connect();
  } catch (error) {
    throw databaseProblem(url, error);
  }
  try {
    await mustFit(client, url);
    await mustMakeSchemas(client, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Errors: `database-unusable` (too old), `database-newer`. To be called before anything is written. */
export async function mustFit(client: Client, url: string): Promise<void> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
            to_regclass('soundbite.kysely_migration') is not null as migrated`,
  );
  const { number, version, migrated } = rows[0];
  if (number < leastServerVersion) throw tooOld(url, version);
  if (!migrated) return;
  const { rows: done } = await client.query('select name from soundbite.kysely_migration order by name');
  const unknown = done.map(({ name }) => name as string).filter((name) => !(name in migrations));
  if (unknown.length > 0) throw newerDatabase(url, unknown);
}

async function mustMakeSchemas(client: Client, url: string): Promise<void> {
  const { rows } = await client.query(
    `select has_database_privilege(current_database(), 'CREATE') as may, pg_is_in_recovery() as standby,
            count(*) filter (where nspname in ('soundbite', 'dbos')) = 2 as made from pg_namespace`,
  );
  const { may, standby, made } = rows[0];
  if (standby) throw databaseProblem(url, Object.assign(new Error('read-only'), { code: '25006' }));
  if (!may && !made) throw databaseProblem(url, Object.assign(new Error('no rights'), { code: '42501' }));
}

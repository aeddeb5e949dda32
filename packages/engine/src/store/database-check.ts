import { Client } from 'pg';
import {
  databasePlace,
  databaseProblem,
  leastServerVersion,
  mustBePostgresUrl,
  newerDatabase,
  tooOld,
} from './database-problem.ts';
import { migrations } from './migrations.ts';
import { otherProtocol } from './postgres-protocol.ts';

/** What a database says of itself before anything is written to it. */
export interface DatabaseFacts {
  /** Where it is, without its password: `ana@db.example:5432/soundbite`. */
  readonly place: string;
  /** Which installation it is; null: SoundBite was never there. */
  readonly installation: string | null;
  /** Whether something was promoted or taken over there. */
  readonly holdsRecords: boolean;
  /** Where its records were moved; null: nowhere. */
  readonly movedTo: string | null;
}

/**
 * Asks whether this version can work on a database, and changes nothing there. `withinMs`: how long it may take to answer. Errors, each in one
 * sentence: `database-down`, `database-unusable`, `database-newer`.
 */
export async function checkDatabase(url: string, withinMs = 5_000): Promise<DatabaseFacts> {
  const client = await connected(url, withinMs);
  try {
    await mustFit(client, url);
    await mustMakeSchemas(client, url);
    return { place: databasePlace(url), ...(await factsOf(client)) };
  } catch (error) {
    throw databaseProblem(url, error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connected(url: string, withinMs: number): Promise<Client> {
  mustBePostgresUrl(url);
  try {
    // The option is what a pooler between refuses.
    const options = '-c idle_in_transaction_session_timeout=20s';
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: withinMs,
      query_timeout: withinMs,
      options,
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  } catch (error) {
    throw databaseProblem(url, (await otherProtocol(url, error, withinMs)) ?? error);
  }
}

/** Errors: `database-unusable` (too old), `database-newer`. To be called before anything is written. */
export async function mustFit(client: Client, url: string): Promise<void> {
  const { rows } = await client.query(
    `select current_setting('server_version_num')::int as number, current_setting('server_version') as version,
            to_regclass('soundbite.kysely_migration') is not null as migrated,
            obj_description(to_regnamespace('soundbite')::oid, 'pg_namespace') as by`,
  );
  const { number, version, migrated, by } = rows[0];
  if (number < leastServerVersion) throw tooOld(url, version);
  if (!migrated) return;
  const { rows: done } = await client.query('select name from soundbite.kysely_migration order by name');
  const unknown = done.map(({ name }) => name as string).filter((name) => !(name in migrations));
  if (unknown.length > 0) throw newerDatabase(url, unknown, by);
}

async function mustMakeSchemas(client: Client, url: string): Promise<void> {
  const { rows } = await client.query(
    `select has_database_privilege(current_database(), 'CREATE') as may, pg_is_in_recovery() as standby,
            count(*) filter (where nspname in ('soundbite', 'dbos')) = 2 as made from pg_namespace`,
  );
  const { may, standby, made } = rows[0];
  if (standby) throw databaseProblem(url, Object.assign(new Error('read-only'), { code: '25006' }));
  if (!may && !made)
    throw databaseProblem(
      url,
      Object.assign(new Error('may not create the schemas soundbite and dbos'), { code: '42501' }),
    );
}

/** Tables of which a row is a record of somebody: such a database is not empty. */
export const recordTables = [
  'promotions',
  'environments',
  'evidence',
  'blocks',
  'freezes',
  'holds',
  'taints',
  'tokens',
] as const;

async function factsOf(client: Client): Promise<Omit<DatabaseFacts, 'place'>> {
  const { rows } = await client.query(
    `select to_regclass('soundbite.installation') is not null as made,
            array(select t from unnest($1::text[]) t where to_regclass('soundbite.' || t) is not null) as kept`,
    [recordTables],
  );
  const { made, kept }: { readonly made: boolean; readonly kept: readonly string[] } = rows[0];
  if (!made) return { installation: null, holdsRecords: false, movedTo: null };
  // Read as a whole row: `moved_to` is younger than the table.
  const { rows: own } = await client.query('select to_jsonb(i) as row from soundbite.installation i');
  const { id = null, moved_to: movedTo = null } = own[0]?.row ?? {};
  if (kept.length === 0) return { installation: id, holdsRecords: false, movedTo };
  const holds = kept.map((table) => `exists (select from soundbite.${table})`).join(' or ');
  return { installation: id, holdsRecords: (await client.query(`select ${holds} as holds`)).rows[0].holds, movedTo };
}

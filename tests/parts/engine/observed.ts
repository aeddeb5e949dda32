import { type OpenDatabase, openDatabase } from '@soundbite/engine/store/database.ts';
import { type Records, records } from '@soundbite/engine/store/records.ts';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { OtherProcess } from './other-process.ts';
import { temporaryDatabase } from './shared-database.ts';

/**
 * A real database for the tests of the calling file, on which control planes act in processes of their own, seen by eyes that are none of
 * theirs. What is put into `running` is stopped after each test. The rest is there from the first test on.
 */
export function observedDatabase() {
  const running: OtherProcess[] = [];
  const at = { running } as {
    url: string;
    db: OpenDatabase['db'];
    seen: Records;
    sql: Client;
    readonly running: OtherProcess[];
  };
  let postgres: Awaited<ReturnType<typeof temporaryDatabase>> | undefined;
  let database: OpenDatabase | undefined;
  beforeAll(async () => {
    postgres = await temporaryDatabase();
    database = await openDatabase(postgres.url, () => {});
    const sql = new Client({ connectionString: `${postgres.url}?application_name=test` });
    Object.assign(at, { url: postgres.url, db: database.db, seen: records(database.db), sql });
    await sql.connect();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });
  afterAll(async () => {
    await at.sql?.end();
    await database?.close();
    await postgres?.stop();
  });
  return at;
}

import type { Transaction } from 'kysely';
import { type Database, throughOutages } from './database.ts';
import type { Tables } from './schema.ts';
import { withClosing } from './transactions.ts';

/** How the repositories reach the database: reads and writes outlast a restart of Postgres, so all of them must bear being repeated. */
export interface UnitOfWork {
  read<T>(work: (db: Database) => Promise<T>): Promise<T>;
  /** In one transaction; refused to a workflow that another process took over. */
  write<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T>;
}

/** `patienceMs`: how long Postgres may be away. */
export function unitOfWork(db: Database, patienceMs: number): UnitOfWork {
  return {
    read: (work) => throughOutages(() => work(db), patienceMs),
    write: (work) => throughOutages(() => withClosing(() => db.transaction().execute(work)), patienceMs),
  };
}

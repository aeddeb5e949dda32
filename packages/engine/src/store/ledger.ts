import { type Digest, entryHash, type LedgerEntry, storable } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Database } from './database.ts';
import type { Tables } from './schema.ts';

/** A new entry. `key` makes it idempotent: the same key is written once. */
export interface NewEntry {
  readonly kind: string;
  readonly subject: string;
  readonly payload: unknown;
  readonly key: string;
}

/** What the database says when an entry is to follow. */
interface Head {
  readonly is_present: boolean;
  readonly sequence: string | null;
  readonly hash: Digest | null;
  readonly at: Date | null;
}

/**
 * Appends inside the caller's transaction, every text well-formed: the fact and its record commit together. One writer at a time: it takes the
 * ledger's lock until that commit, so that sequences commit in order and no reader sees a gap.
 */
export async function append(trx: Transaction<Tables>, entry: NewEntry): Promise<void> {
  const { rows } = await sql<Head>`select * from ledger_head(${entry.key})`.execute(trx);
  const [last] = rows;
  if (last?.is_present) return;
  const next = {
    sequence: Number(last?.sequence ?? 0) + 1,
    // A clock that was set back must not make the ledger run backwards.
    at: new Date(Math.max(Date.now(), last?.at?.getTime() ?? 0)).toISOString(),
    kind: entry.kind,
    subject: entry.subject,
    payload: storable(entry.payload),
    previous: last?.hash ?? null,
  };
  await trx
    .insertInto('ledger')
    .values({ ...next, payload: JSON.stringify(next.payload), hash: entryHash(next), key: entry.key })
    .execute();
}

/** Entries after a sequence number, in order. */
export async function readLedger(db: Database, after: number, limit: number): Promise<LedgerEntry[]> {
  const rows = await db
    .selectFrom('ledger')
    .selectAll()
    .where('sequence', '>', String(after))
    .orderBy('sequence')
    .limit(limit)
    .execute();
  return rows.map(({ sequence, at, kind, subject, payload, previous, hash }) => ({
    sequence: Number(sequence),
    at: at.toISOString(),
    kind,
    subject,
    payload,
    previous,
    hash,
  }));
}

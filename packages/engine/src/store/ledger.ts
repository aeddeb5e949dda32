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

/** Any constant: one writer at a time, so that sequences commit in order and no reader sees a gap. */
const ledgerLock = 5_081_975;

/** One writer at a time, until the transaction ends. */
export async function takeLedgerLock(trx: Transaction<Tables>): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ledgerLock})`.execute(trx);
}

/** Appends inside the caller's transaction, every text well-formed: the fact and its record commit together. Takes the ledger's lock until that commit. */
export async function append(trx: Transaction<Tables>, entry: NewEntry): Promise<void> {
  await takeLedgerLock(trx);
  const present = await trx.selectFrom('ledger').select('sequence').where('key', '=', entry.key).executeTakeFirst();
  if (present) return;
  const last = await trx
    .selectFrom('ledger')
    .select(['sequence', 'hash', 'at'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const next = {
    sequence: last ? Number(last.sequence) + 1 : 1,
    // A clock that was set back must not make the ledger run backwards.
    at: new Date(Math.max(Date.now(), last?.at.getTime() ?? 0)).toISOString(),
    kind: entry.kind,
    subject: entry.subject,
    payload: storable(entry.payload),
    previous: (last?.hash ?? null) as Digest | null,
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

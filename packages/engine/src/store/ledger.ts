import { entryPieces, type LedgerEntry, storable } from '@soundbite/model';
import { type RawBuilder, type Selectable, sql, type Transaction } from 'kysely';
import { type Database, throughOutages } from './database.ts';
import type { LedgerTable, Tables } from './schema.ts';

/** A new entry. `key` makes it idempotent: the same key is written once. */
export interface NewEntry {
  readonly kind: string;
  readonly subject: string;
  readonly payload: unknown;
  readonly key: string;
}

/**
 * Appends inside the caller's transaction, every text well-formed: the fact and its record commit together. One writer at a time: it takes the
 * ledger's lock until that commit, so that sequences commit in order and no reader sees a gap.
 */
export async function append(trx: Transaction<Tables>, entry: NewEntry): Promise<void> {
  await sql`select ${appended(entry)}`.execute(trx);
}

/** The same as an expression, for the statement that makes the fact. */
export function appended({ key, kind, subject, payload }: NewEntry): RawBuilder<unknown> {
  const fact = { kind, subject, payload: storable(payload) };
  const now = new Date().toISOString();
  return sql`append_ledger(${key}, ${kind}, ${subject}, ${JSON.stringify(fact.payload)}::jsonb, ${now}::timestamptz, ${[...entryPieces(fact)]}::text[])`;
}

/** Entries after a sequence number, in order. A Postgres that is away for a moment is waited for, as by any other read. */
export async function readLedger(db: Database, after: number, limit: number): Promise<LedgerEntry[]> {
  const rows = await throughOutages(() =>
    db
      .selectFrom('ledger')
      .selectAll()
      .where('sequence', '>', String(after))
      .orderBy('sequence')
      .limit(limit)
      .execute(),
  );
  return rows.map(entryOf);
}

/** An entry of its row. */
export const entryOf = ({
  sequence,
  at,
  kind,
  subject,
  payload,
  previous,
  hash,
}: Selectable<LedgerTable>): LedgerEntry => ({
  ...{ sequence: Number(sequence), at: at.toISOString() },
  ...{ kind, subject, payload, previous, hash },
});

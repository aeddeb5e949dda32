import { storable } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import { takeLedgerLock } from './ledger.ts';
import type { Tables } from './schema.ts';

/** The channel on which every change is told: the payload is its subject. */
export const eventChannel = 'soundbite_events';

/** A change of a promotion, an environment, a release or a lock. */
export interface NewEvent {
  readonly kind: 'promotion' | 'environment' | 'release' | 'lock';
  /** A promotion's id, an environment's name, a release's digest. */
  readonly subject: string;
  /** How it is from now on, whole: whoever reads the last event of a subject knows all of it. */
  readonly view: unknown;
}

/** Records a change in the caller's transaction, and wakes whoever waits for it when that commits. */
export async function announce(trx: Transaction<Tables>, { kind, subject, view }: NewEvent): Promise<void> {
  // The ledger's lock: sequences commit in order, so that a reader that has seen one has missed none before it.
  await takeLedgerLock(trx);
  await trx
    .insertInto('events')
    .values({
      sequence: sql<number>`(select coalesce(max(sequence), 0) + 1 from events)`,
      kind,
      subject,
      view: JSON.stringify(storable(view)),
    })
    .execute();
  await sql`select pg_notify(${eventChannel}, ${subject})`.execute(trx);
}

/** One recorded change. */
export interface StoredEvent extends NewEvent {
  readonly sequence: number;
  readonly at: string;
}

import { storable } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Tables } from './schema.ts';
import { atCommit } from './transactions.ts';

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

/**
 * Records a change in the caller's transaction, as the last thing in it, and wakes whoever waits for it when that commits. Takes the ledger's lock until then, so that
 * sequences commit in order: a reader that has seen one has missed none before it.
 */
export async function announce(trx: Transaction<Tables>, { kind, subject, view }: NewEvent): Promise<void> {
  const whole = JSON.stringify(storable(view));
  if (atCommit('append_event', [kind, subject, whole])) return;
  await sql`select append_event(${kind}, ${subject}, ${whole}::jsonb)`.execute(trx);
}

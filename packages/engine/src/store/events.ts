import { type EventKind, storable } from '@soundbite/model';
import { sql, type Transaction } from 'kysely';
import type { Tables } from './schema.ts';
import { atCommit } from './transactions.ts';

/** The channel that notifies of every change: the payload is its subject. */
export const eventChannel = 'soundbite_events';

/** A change of a promotion, an environment, a release, or of what acts on an environment: a lock, freezes, holds, taints, what people say. */
export interface NewEvent {
  readonly kind: EventKind;
  /** A promotion's id, an environment's name, a release's digest. */
  readonly subject: string;
  /** Its whole new state: the last event of a subject says everything about it. */
  readonly view: unknown;
}

/**
 * Records a change as the last statement of the caller's transaction, and wakes its waiters on commit. Holds the ledger's lock until then, so that
 * sequences commit in order: a reader that has seen one has missed none before it.
 */
export async function announce(trx: Transaction<Tables>, { kind, subject, view }: NewEvent): Promise<void> {
  const whole = JSON.stringify(storable(view));
  if (atCommit('append_event', [kind, subject, whole])) return;
  await sql`select append_event(${kind}, ${subject}, ${whole}::jsonb)`.execute(trx);
}

import * as z from 'zod';

/**
 * A message of the queue. It names a soundbite; what is to be made stands in the table, so that a message stays true
 * however old it gets. The rules by which versions N and N−1 of API and worker understand each other:
 * the API writes the lowest version that says what it needs; a worker ignores fields it does not know, and leaves a
 * message of a higher version than it knows in the queue for a newer worker.
 */
export interface Message {
  readonly version: 1;
  readonly id: string;
  readonly rehearsal: boolean;
}

const AnyVersion = z.object({ version: z.int().min(1) });
const Version1 = z.object({ version: z.literal(1), id: z.uuid(), rehearsal: z.boolean().default(false) });

/** A message that this worker cannot read: it must not be taken out of the queue as done. */
class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

export function writeMessage(id: string, rehearsal = false): string {
  return JSON.stringify({ version: 1, id, ...(rehearsal ? { rehearsal } : {}) });
}

/** @throws UnreadableMessageError when the body is no message, or one of a version to come. */
export function readMessage(body: string): Message {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch (cause) {
    throw new UnreadableMessageError('the message is no JSON', { cause });
  }
  const any = AnyVersion.safeParse(document);
  if (!any.success) throw new UnreadableMessageError('the message has no version');
  if (any.data.version > 1) {
    throw new UnreadableMessageError(`the message has version ${any.data.version}; this worker knows version 1`);
  }
  const message = Version1.safeParse(document);
  if (!message.success) throw new UnreadableMessageError('the message names no soundbite');
  return message.data;
}

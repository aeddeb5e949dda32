import type { Context } from 'hono';
import type { Operation } from '../operations.ts';
import { type Authority, authorise, type Known, mayBegin, placesAsked, recordAccess } from './authority.ts';
import { readPath, readRequest } from './read.ts';

/**
 * A request of somebody who may ask for it. Who may not is told before anything of its body is read, as far as the role and the path can say that. It is
 * on record once, whatever becomes of it, one that cannot be read, too. Errors: `forbidden`, then `usage`, `body-too-large`, `content-type-wrong`.
 */
export async function readAllowed(
  authority: Authority,
  c: Context<Known>,
  name: string,
  operation: Operation,
  signal: AbortSignal,
) {
  const path = readablePath(operation, c);
  const isSaidByPath = path !== null && operation.where !== 'body' && operation.where !== 'chain';
  const before = isSaidByPath ? await placesAsked(authority, operation, { path, body: undefined }) : null;
  if (!mayBegin(c, operation, before)) await authorise(authority, c, name, operation, before ?? []);
  const asked = await readRequest(operation, c, signal).catch(async (error: unknown) => {
    await recordAccess(authority, c, name, operation, before ?? [], true);
    throw error;
  });
  await authorise(authority, c, name, operation, before ?? (await placesAsked(authority, operation, asked)));
  return asked;
}

/** Null: it has not the form of one. What is wrong with it is said to who may ask. */
function readablePath(operation: Operation, c: Context): Record<string, unknown> | null {
  try {
    return readPath(operation, c);
  } catch {
    return null;
  }
}

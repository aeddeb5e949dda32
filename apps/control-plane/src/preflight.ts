import type { DatabaseFacts } from '@soundbite/engine/store/database-check.ts';
import { databaseMoved } from '@soundbite/engine/store/database-problem.ts';
import type { ErrorCode } from '@soundbite/model/error-codes.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import type { LastDatabase } from './last-database.ts';

/** What is known about a home's databases before its control plane starts. */
export interface DatabaseSituation {
  /** The database that the control plane worked with last; null: not known. */
  readonly last: LastDatabase | null;
  /** Whether the home has a database of its own. */
  readonly hasOwn: boolean;
  /** The one that DATABASE_URL names; null: it is not set. */
  readonly named: DatabaseFacts | null;
  /** A person declares the records lost, and continues anyway. */
  readonly withoutRecords?: boolean;
}

/** A note of `up` about the database, after which it continues; null: nothing unusual. */
export type Remark = string | null;

/**
 * Whether a home continues with the records that it had. Another database does not have them: all environments would count as empty, and every
 * promotion would be refused as a stranger's.
 * Errors: `database-unset`, `database-moved`, `database-move-unfinished`, `records-left-behind`.
 */
export function judgeDatabase({ last, hasOwn, named, withoutRecords = false }: DatabaseSituation): Remark {
  if (named !== null && named.movedTo !== null) throw databaseMoved(named.movedTo);
  const own = last ?? (hasOwn ? { installation: null, place: null } : null);
  if (own === null || withoutRecords) return null;
  if (named === null) {
    if (own.place === null) return null;
    throw refusal('database-unset', `the records of this home are in ${own.place}, and DATABASE_URL is not set`, [
      'set DATABASE_URL to that database',
      ...anew,
    ]);
  }
  if (own.installation !== null && named.installation === own.installation) {
    if (own.place !== null) return null;
    throw refusal('database-move-unfinished', `the move of this home's records to ${named.place} was interrupted`, [
      'finish it: soundbite database move',
    ]);
  }
  const where = own.place ?? "this home's own database";
  if (!named.holdsRecords) throw leftBehind(where, named.place, own.place === null);
  return `what this home did until now is recorded in ${where}, not in ${named.place}; an environment that only this home has: soundbite takeover <environment>`;
}

function leftBehind(where: string, place: string, isOwn: boolean): SoundBiteError {
  const text = `the records of this home are in ${where}, and ${place} is empty: all environments would count as empty`;
  return refusal('records-left-behind', text, [
    isOwn
      ? 'carry them over: soundbite database move'
      : `set DATABASE_URL to ${where} again, or restore a dump of it into the new one`,
    ...anew,
  ]);
}

const anew = [
  'to start over with emulated environments only: soundbite down --purge',
  'if the records are lost for good: soundbite up --without-records, then soundbite takeover <environment>',
];

const refusal = (code: ErrorCode, message: string, ways: readonly string[]): SoundBiteError =>
  new SoundBiteError(code, message, { hint: ways.join('; ') });

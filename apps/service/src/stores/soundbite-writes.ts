import type { Soundbite } from '../soundbites/soundbite.ts';
import type { Db, Write } from './db.ts';
import { openKey, soundbiteKey } from './items.ts';
import { type Litter, litterDue, litterWrite } from './litter.ts';

/** The condition that a soundbite is there and has not ended. */
export const UNFINISHED = '#status IN (:queued, :working)';

/** A change of an unfinished soundbite; its condition fails when it is gone or finished. */
export function changeWrite(
  db: Db,
  id: string,
  expression: string,
  values: Readonly<Record<string, unknown>>,
  condition = UNFINISHED,
): Write {
  return {
    Update: {
      TableName: db.table,
      Key: soundbiteKey(id),
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':queued': 'queued', ':working': 'working', ':at': db.stamp(), ...values },
    },
  };
}

/** The open marker goes when nothing is left to do. */
export const closeWrites = (db: Db, { id, callback }: Soundbite): Write[] =>
  callback === 'pending' ? [] : [{ Delete: { TableName: db.table, Key: openKey(id) } }];

/** Notes what may be left of a soundbite when no attempt can be under way any more. */
export const litterNote = (db: Db, litter: Litter, jobTimeoutSeconds: number): Write =>
  litterWrite(db, litter, litterDue(db.now(), jobTimeoutSeconds));

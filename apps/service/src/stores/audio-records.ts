import type { Audio, Soundbite } from '../soundbites/soundbite.ts';
import type { Db, Write } from './db.ts';
import { audioKey } from './items.ts';

/**
 * What stands in the record of some speech. `made`: audio that may be shared. `spent`: its last share was taken back, and
 * its object is to be removed. `making`: somebody makes it until (epoch ms) at the latest.
 */
export type AudioRecord =
  | { readonly state: 'made' | 'spent'; readonly audio: Audio; readonly making: string }
  | { readonly state: 'making'; readonly until: number };

/** A right to make the audio of some speech. `making` is an id of its own for each attempt, so that two never share an object. */
export interface Lease {
  readonly digest: string;
  readonly making: string;
  readonly seconds: number;
}

const EPOCH_SECONDS_A_DAY = 86_400;
const EXISTS = 'making = :making AND attribute_exists(made)';

/** The write by which one soundbite more shares audio that is there. Its condition fails when the audio is of another making. */
export function shareWrite(db: Db, digest: string, making: string): Write {
  return {
    Update: {
      TableName: db.table,
      Key: audioKey(digest),
      UpdateExpression: 'ADD shares :one',
      ConditionExpression: `${EXISTS} AND shares >= :one AND expiresAt > :seconds`,
      ExpressionAttributeValues: { ':making': making, ':one': 1, ':seconds': db.epochSeconds() },
    },
  };
}

/** The write that takes one share back. What is left when the last is gone, `bury` removes. */
export function unshareWrite(db: Db, digest: string, making: string): Write {
  return {
    Update: {
      TableName: db.table,
      Key: audioKey(digest),
      UpdateExpression: 'ADD shares :minus',
      ConditionExpression: EXISTS,
      ExpressionAttributeValues: { ':making': making, ':minus': -1 },
    },
  };
}

/** Holds where `unshareWrite` does not: the record has gone, or is of another making. */
export function notSharedCheck(db: Db, digest: string, making: string): Write {
  return {
    ConditionCheck: {
      TableName: db.table,
      Key: audioKey(digest),
      ConditionExpression: 'attribute_not_exists(making) OR making <> :making OR attribute_not_exists(made)',
      ExpressionAttributeValues: { ':making': making },
    },
  };
}

/**
 * The write that publishes audio, with its first share, while the lease on making it is still held. The record lives for one
 * retention, the object for more than two: whoever shares it on its last day keeps it for a whole retention.
 */
export function madeWrite(db: Db, digest: string, making: string, audio: Audio, retentionDays: number): Write {
  return {
    Update: {
      TableName: db.table,
      Key: audioKey(digest),
      UpdateExpression: 'SET made = :made, shares = :one, expiresAt = :expires REMOVE makingUntil, #by',
      ConditionExpression: 'making = :making AND attribute_not_exists(made)',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: {
        ':making': making,
        ':made': audio,
        ':one': 1,
        ':expires': db.epochSeconds() + Math.ceil(retentionDays * EPOCH_SECONDS_A_DAY),
      },
    },
  };
}

/** The write that takes the lease on making audio; its condition fails while another one holds it or when it is made. */
export function leaseWrite(db: Db, { digest, making, seconds }: Lease, by: string): Write {
  return {
    Put: {
      TableName: db.table,
      Item: {
        ...audioKey(digest),
        making,
        makingUntil: db.now() + seconds * 1000,
        by,
        expiresAt: db.epochSeconds() + EPOCH_SECONDS_A_DAY,
      },
      ConditionExpression:
        'attribute_not_exists(pk) OR expiresAt <= :seconds OR (attribute_not_exists(made) AND (makingUntil <= :now OR #by = :by))',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: { ':now': db.now(), ':seconds': db.epochSeconds(), ':by': by },
    },
  };
}

/** The write that removes the record of some audio where `condition` holds of it. */
const removeWrite = (
  db: Db,
  digest: string,
  condition: string,
  values: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, string>> = {},
): Write => ({
  Delete: {
    TableName: db.table,
    Key: audioKey(digest),
    ConditionExpression: condition,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ExpressionAttributeValues: values,
  },
});

export const audioRecords = (db: Db, retentionDays: number) => ({
  async audio(digest: string): Promise<AudioRecord | undefined> {
    const item = await db.read(audioKey(digest));
    if (item === undefined) return undefined;
    if (item.made === undefined) return { state: 'making', until: Number(item.makingUntil) };
    const state = Number(item.shares) > 0 ? 'made' : 'spent';
    return { state, audio: item.made as Audio, making: String(item.making) };
  },

  /** Gives one attempt's lease back. True: it was held, and what that attempt made can never be published any more. */
  releaseLease: (digest: string, making: string): Promise<boolean> =>
    db.transact([removeWrite(db, digest, 'attribute_not_exists(made) AND making = :making', { ':making': making })]),

  /** Gives back whatever lease a soundbite holds on some speech, when nothing works for it any more. */
  async releaseLeaseOf(digest: string, soundbite: string): Promise<void> {
    const condition = 'attribute_not_exists(made) AND #by = :by';
    await db.transact([removeWrite(db, digest, condition, { ':by': soundbite }, { '#by': 'by' })]);
  },

  /** Removes the record of spent audio, when its object is gone. */
  async removeSpent(digest: string, making: string): Promise<void> {
    const values = { ':making': making, ':one': 1 };
    await db.transact([removeWrite(db, digest, 'making = :making AND shares < :one', values)]);
  },

  /**
   * Takes the share of a soundbite that was made before makings had ids: its record counts shares in `refs`, whatever
   * making they are of. One that is younger than the soundbite's audio is of a later making, and is left alone.
   * @returns true when that was the last share: the record is gone, and its object may go
   */
  async unshareUnnamed({ digest, updatedAt }: Pick<Soundbite, 'digest' | 'updatedAt'>): Promise<boolean> {
    if (digest === undefined) return false;
    const finished = Math.floor(Date.parse(updatedAt) / 1000);
    const latest = finished + 1 + Math.ceil(retentionDays * EPOCH_SECONDS_A_DAY);
    const isTaken = await db.transact([unshareUnnamedWrite(db, digest, latest)]);
    if (!isTaken) return false; // past its time: the bucket's lifecycle takes the object
    return db.transact([removeWrite(db, digest, 'attribute_exists(audio) AND refs <= :none', { ':none': 0 })]);
  },
});

/** `latest`: the end of the record (epoch seconds) may not be later. */
const unshareUnnamedWrite = (db: Db, digest: string, latest: number): Write => ({
  Update: {
    TableName: db.table,
    Key: audioKey(digest),
    UpdateExpression: 'ADD refs :minus',
    ConditionExpression: 'attribute_exists(audio) AND expiresAt <= :latest',
    ExpressionAttributeValues: { ':minus': -1, ':latest': latest },
  },
});

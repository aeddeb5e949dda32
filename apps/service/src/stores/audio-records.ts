import type { Audio } from '../soundbites/soundbite.ts';
import type { Db, Write } from './db.ts';
import { audioKey } from './records.ts';

/** Audio made earlier from the same speech, or being made by somebody until (epoch ms) at the latest. */
export type AudioRecord =
  | { readonly state: 'made'; readonly audio: Audio }
  | { readonly state: 'making'; readonly until: number };

const EPOCH_SECONDS_A_DAY = 86_400;

/** The write by which one soundbite more shares audio that is there. */
export function shareWrite(db: Db, digest: string): Write {
  return {
    Update: {
      TableName: db.table,
      Key: audioKey(digest),
      UpdateExpression: 'ADD refs :one',
      ConditionExpression: 'attribute_exists(audio)',
      ExpressionAttributeValues: { ':one': 1 },
    },
  };
}

/**
 * The write that says that audio was made, with its first share. The record lives for one retention, the object for more
 * than two: whoever shares it on its last day keeps it for a whole retention.
 */
export function madeWrite(db: Db, digest: string, audio: Audio, retentionDays: number): Write {
  return {
    Update: {
      TableName: db.table,
      Key: audioKey(digest),
      UpdateExpression: 'SET audio = :audio, expiresAt = :expires ADD refs :one REMOVE makingUntil, #by',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: {
        ':audio': audio,
        ':one': 1,
        ':expires': db.epochSeconds() + Math.ceil(retentionDays * EPOCH_SECONDS_A_DAY),
      },
    },
  };
}

/** The write that takes the lease on making audio; its condition fails while another one holds it or when it is made. */
export function leaseWrite(db: Db, digest: string, by: string, seconds: number): Write {
  return {
    Put: {
      TableName: db.table,
      Item: {
        ...audioKey(digest),
        makingUntil: db.now() + seconds * 1000,
        by,
        expiresAt: db.epochSeconds() + EPOCH_SECONDS_A_DAY,
      },
      ConditionExpression:
        'attribute_not_exists(pk) OR expiresAt <= :seconds OR (attribute_not_exists(audio) AND (makingUntil <= :now OR #by = :by))',
      ExpressionAttributeNames: { '#by': 'by' },
      ExpressionAttributeValues: { ':now': db.now(), ':seconds': db.epochSeconds(), ':by': by },
    },
  };
}

export function audioRecords(db: Db) {
  return {
    async audio(digest: string): Promise<AudioRecord | undefined> {
      const item = await db.read(audioKey(digest));
      if (item === undefined) return undefined;
      if (item.audio !== undefined) return { state: 'made', audio: item.audio as Audio };
      return { state: 'making', until: Number(item.makingUntil) };
    },

    /** Gives the lease on some audio back, so that the next attempt need not wait for its end. */
    async releaseLease(digest: string, by: string): Promise<void> {
      await db.transact([
        {
          Delete: {
            TableName: db.table,
            Key: audioKey(digest),
            ConditionExpression: 'attribute_not_exists(audio) AND #by = :by',
            ExpressionAttributeNames: { '#by': 'by' },
            ExpressionAttributeValues: { ':by': by },
          },
        },
      ]);
    },

    /** Takes one share back. True when that was the last one: the record is gone, and its object may go. */
    async unshare(digest: string): Promise<boolean> {
      const Key = audioKey(digest);
      const taken = await db.transact([
        {
          Update: {
            TableName: db.table,
            Key,
            UpdateExpression: 'ADD refs :minus',
            ConditionExpression: 'attribute_exists(audio)',
            ExpressionAttributeValues: { ':minus': -1 },
          },
        },
      ]);
      if (!taken) return false; // past its time: the bucket's lifecycle takes the object
      return db.transact([
        {
          Delete: {
            TableName: db.table,
            Key,
            ConditionExpression: 'refs <= :none',
            ExpressionAttributeValues: { ':none': 0 },
          },
        },
      ]);
    },
  };
}

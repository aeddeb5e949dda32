import type { Soundbite } from '../soundbites/soundbite.ts';
import { isFinished } from '../soundbites/soundbite.ts';
import { type Lease, leaseWrite, shareWrite } from './audio-records.ts';
import type { Db, Write } from './db.ts';
import { idempotencyKey, openItem, soundbiteFromItem, soundbiteItem, soundbiteKey } from './items.ts';
import { listPage } from './list.ts';
import { type RecordTimes, soundbiteEndings } from './soundbite-endings.ts';
import { changeWrite, UNFINISHED } from './soundbite-writes.ts';

/** A claim on an idempotency key: of which key (digest), for which body (digest), until when (epoch seconds). */
export interface IdempotencyClaim {
  readonly keyDigest: string;
  readonly bodyDigest: string;
  readonly expiresAt: number;
}

/** Records of soundbites, from their acceptance until they are forgotten. */
export const soundbiteRecords = (db: Db, times: RecordTimes) => ({
  ...acceptance(db),
  ...attempts(db),
  ...soundbiteEndings(db, times),
});

const acceptance = (db: Db) => ({
  /**
   * Accepts a soundbite: itself, its open marker (due at `sweepAt`, epoch ms) while it is unfinished, the claim of its
   * idempotency key, and its share in the audio if that is there.
   * @returns false when the key is taken or the audio is gone
   */
  accept(soundbite: Soundbite, sweepAt: number, claim?: IdempotencyClaim): Promise<boolean> {
    const { rehearsal, digest, making } = soundbite;
    const writes: Write[] = [{ Put: { TableName: db.table, Item: soundbiteItem(soundbite) } }];
    if (!rehearsal && !isFinished(soundbite))
      writes.push({ Put: { TableName: db.table, Item: openItem(soundbite, sweepAt) } });
    if (claim !== undefined) writes.push(claimWrite(db, soundbite.id, claim));
    if (digest !== undefined && making !== undefined) writes.push(shareWrite(db, digest, making));
    return db.transact(writes);
  },

  /** What an idempotency key stands for. */
  async idempotency(keyDigest: string): Promise<{ id: string; bodyDigest: string } | undefined> {
    const item = await db.read(idempotencyKey(keyDigest));
    return item && { id: String(item.id), bodyDigest: String(item.bodyDigest) };
  },

  async soundbite(id: string): Promise<Soundbite | undefined> {
    const item = await db.read(soundbiteKey(id));
    return item && soundbiteFromItem(item);
  },

  list: (limit: number, after?: string) => listPage(db, limit, after),
});

const attempts = (db: Db) => ({
  /**
   * Begins an attempt and, with a lease, takes the right to make its audio, so that equal speech is made once.
   * @returns false when the soundbite is gone or finished, or somebody else makes or has made the audio
   */
  begin({ id }: Soundbite, lease?: Lease): Promise<boolean> {
    const set = 'SET #status = :working, updatedAt = :at';
    if (lease === undefined) return db.transact([changeWrite(db, id, `${set} ADD attempts :one`, { ':one': 1 })]);
    const begun = changeWrite(db, id, `${set}, digest = :digest ADD attempts :one`, {
      ':one': 1,
      ':digest': lease.digest,
    });
    return db.transact([begun, leaseWrite(db, lease, id)]);
  },

  /** Takes back that an attempt was begun: it was turned away before it could do anything, and is not to count. */
  async uncount({ id }: Soundbite): Promise<void> {
    await db.transact([
      changeWrite(
        db,
        id,
        'SET updatedAt = :at ADD attempts :minus',
        { ':minus': -1, ':none': 0 },
        `${UNFINISHED} AND attempts > :none`,
      ),
    ]);
  },
});

function claimWrite(db: Db, id: string, { keyDigest, ...rest }: IdempotencyClaim): Write {
  return {
    Put: {
      TableName: db.table,
      Item: { ...idempotencyKey(keyDigest), ...rest, id },
      ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      ExpressionAttributeValues: { ':now': db.epochSeconds() },
    },
  };
}

import type { Audio, CallbackState, Soundbite } from '../soundbites/soundbite.ts';
import { isFinished } from '../soundbites/soundbite.ts';
import { leaseWrite, madeWrite, shareWrite } from './audio-records.ts';
import type { Db, Write } from './db.ts';
import {
  INDEX,
  idempotencyKey,
  listKey,
  openItem,
  openKey,
  SOUNDBITES,
  soundbiteFromItem,
  soundbiteItem,
  soundbiteKey,
} from './records.ts';

/** A claim on an idempotency key: of which key (digest), for which body (digest), until when (epoch seconds). */
export interface IdempotencyClaim {
  readonly keyDigest: string;
  readonly bodyDigest: string;
  readonly expiresAt: number;
}

/** Audio that a soundbite now has. `digest` is absent for a rehearsal, whose audio nobody shares. */
export interface Outcome {
  readonly audio: Audio;
  readonly engine: string;
  readonly digest?: string | undefined;
  /** Made just now, and not found. */
  readonly fresh: boolean;
}

export function soundbiteRecords(db: Db, retentionDays: number) {
  const { table: TableName } = db;

  /** A change of an unfinished soundbite; its condition fails when it is gone or finished. */
  function change(id: string, expression: string, values: Record<string, unknown>): Write {
    return {
      Update: {
        TableName,
        Key: soundbiteKey(id),
        UpdateExpression: expression,
        ConditionExpression: '#status IN (:queued, :working)',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':queued': 'queued', ':working': 'working', ':at': db.stamp(), ...values },
      },
    };
  }

  /** The open marker goes when nothing is left to do. */
  function close({ id, callback }: Soundbite): Write[] {
    return callback === 'pending' ? [] : [{ Delete: { TableName, Key: openKey(id) } }];
  }

  return {
    /**
     * Accepts a soundbite: itself, its open marker (due at `sweepAt`, epoch ms) while it is unfinished, the claim of its
     * idempotency key, and its share in the audio if that is there.
     * @returns false when the key is taken or the audio is gone
     */
    accept(soundbite: Soundbite, sweepAt: number, claim?: IdempotencyClaim): Promise<boolean> {
      const writes: Write[] = [{ Put: { TableName, Item: soundbiteItem(soundbite) } }];
      if (!soundbite.rehearsal && !isFinished(soundbite)) {
        writes.push({ Put: { TableName, Item: openItem(soundbite, sweepAt) } });
      }
      if (claim !== undefined) {
        const { keyDigest, ...rest } = claim;
        writes.push({
          Put: {
            TableName,
            Item: { ...idempotencyKey(keyDigest), ...rest, id: soundbite.id },
            ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
            ExpressionAttributeValues: { ':now': db.epochSeconds() },
          },
        });
      }
      if (soundbite.digest !== undefined) writes.push(shareWrite(db, soundbite.digest));
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

    /** One page, newest first. `after`: the id of the last one seen. */
    async list(limit: number, after?: string): Promise<{ soundbites: Soundbite[]; next: string | undefined }> {
      const page = await db.document.query({
        TableName,
        IndexName: INDEX,
        KeyConditionExpression: '#list = :list',
        FilterExpression: 'expiresAt > :now',
        ExpressionAttributeNames: { '#list': 'list' },
        ExpressionAttributeValues: { ':list': SOUNDBITES, ':now': db.epochSeconds() },
        ScanIndexForward: false,
        Limit: limit,
        ...(after === undefined ? {} : { ExclusiveStartKey: listKey(after) }),
      });
      const soundbites = (page.Items ?? []).map(soundbiteFromItem);
      return { soundbites, next: page.LastEvaluatedKey?.order as string | undefined };
    },

    /**
     * Begins an attempt and, with a digest, takes the lease on making its audio, so that equal speech is made once.
     * @returns false when the soundbite is gone or finished, or somebody else makes or has made the audio
     */
    begin({ id }: Soundbite, lease?: { digest: string; seconds: number }): Promise<boolean> {
      const begun = change(id, 'SET #status = :working, updatedAt = :at ADD attempts :one', { ':one': 1 });
      return db.transact(lease === undefined ? [begun] : [begun, leaseWrite(db, lease.digest, id, lease.seconds)]);
    },

    /** Says that it is ready. False when it is gone, or another delivery of the same message was quicker. */
    finish(soundbite: Soundbite, { audio, engine, digest, fresh }: Outcome): Promise<boolean> {
      const set = 'SET #status = :ready, audio = :audio, engine = :engine, updatedAt = :at';
      const values = { ':ready': 'ready', ':audio': audio, ':engine': engine };
      if (digest === undefined) return db.transact([change(soundbite.id, set, values), ...close(soundbite)]);
      return db.transact([
        change(soundbite.id, `${set}, digest = :digest`, { ...values, ':digest': digest }),
        fresh ? madeWrite(db, digest, audio, retentionDays) : shareWrite(db, digest),
        ...close(soundbite),
      ]);
    },

    /** Says that it has failed for good. False when it is gone or was finished otherwise. */
    fail(soundbite: Soundbite, reason: string): Promise<boolean> {
      const failed = change(soundbite.id, 'SET #status = :failed, reason = :reason, updatedAt = :at', {
        ':failed': 'failed',
        ':reason': reason,
      });
      return db.transact([failed, ...close(soundbite)]);
    },

    /** Records one try of a callback; its marker goes unless it is to be tried again. */
    settleCallback(soundbite: Soundbite, callback: CallbackState): Promise<boolean> {
      const settled: Write = {
        Update: {
          TableName,
          Key: soundbiteKey(soundbite.id),
          UpdateExpression: 'SET callback = :callback ADD callbackAttempts :one',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':callback': callback, ':one': 1 },
        },
      };
      return db.transact([settled, ...close({ ...soundbite, callback })]);
    },

    /** Forgets it with its marker and its idempotency key. False when it changed meanwhile: read it again. */
    forget(soundbite: Soundbite): Promise<boolean> {
      const writes: Write[] = [
        {
          Delete: {
            TableName,
            Key: soundbiteKey(soundbite.id),
            ConditionExpression: '#status = :status',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': soundbite.status },
          },
        },
        { Delete: { TableName, Key: openKey(soundbite.id) } },
      ];
      if (soundbite.keyDigest !== undefined) {
        writes.push({ Delete: { TableName, Key: idempotencyKey(soundbite.keyDigest) } });
      }
      return db.transact(writes);
    },
  };
}

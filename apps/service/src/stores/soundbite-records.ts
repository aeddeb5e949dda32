import type { Audio, CallbackState, Soundbite } from '../soundbites/soundbite.ts';
import { isFinished } from '../soundbites/soundbite.ts';
import { type Lease, leaseWrite, madeWrite, notSharedCheck, shareWrite, unshareWrite } from './audio-records.ts';
import type { Db, Write } from './db.ts';
import { listPage } from './list.ts';
import { type Litter, leavesLitter, litterDue, litterOf, litterWrite } from './litter.ts';
import { idempotencyKey, openItem, openKey, soundbiteFromItem, soundbiteItem, soundbiteKey } from './records.ts';

/** A claim on an idempotency key: of which key (digest), for which body (digest), until when (epoch seconds). */
export interface IdempotencyClaim {
  readonly keyDigest: string;
  readonly bodyDigest: string;
  readonly expiresAt: number;
}

/** Audio that a soundbite now has. */
export interface Outcome {
  readonly audio: Audio;
  readonly engine: string;
  /** What it shares the audio by; absent for a rehearsal, whose audio nobody shares. */
  readonly shared?: { readonly digest: string; readonly making: string } | undefined;
  /** Made just now, and not found. */
  readonly fresh: boolean;
}

/** What the records need to know of the settings. */
export interface RecordTimes {
  readonly retentionDays: number;
  readonly jobTimeoutSeconds: number;
}

const UNFINISHED = '#status IN (:queued, :working)';

export function soundbiteRecords(db: Db, { retentionDays, jobTimeoutSeconds }: RecordTimes) {
  const { table: TableName } = db;

  /** A change of an unfinished soundbite; its condition fails when it is gone or finished. */
  function change(id: string, expression: string, values: Record<string, unknown>, condition = UNFINISHED): Write {
    return {
      Update: {
        TableName,
        Key: soundbiteKey(id),
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':queued': 'queued', ':working': 'working', ':at': db.stamp(), ...values },
      },
    };
  }

  /** The open marker goes when nothing is left to do. */
  function close({ id, callback }: Soundbite): Write[] {
    return callback === 'pending' ? [] : [{ Delete: { TableName, Key: openKey(id) } }];
  }

  function noteLitter(litter: Litter): Write {
    return litterWrite(db, litter, litterDue(db.now(), jobTimeoutSeconds));
  }

  /**
   * Ends a soundbite. When no attempt but the caller's `own` was ever begun, nothing but what `writes` say can be left of it;
   * else litter is noted in the same transaction. Who shares audio began none: any other may have died with an object.
   */
  async function end(soundbite: Soundbite, { set, values, own, writes, keep }: Ending): Promise<boolean> {
    const { id, digest, rehearsal, attempts } = soundbite;
    const closing = [...writes, ...close(soundbite)];
    const alone = change(id, set, { ...values, ':own': own ?? 0 }, `${UNFINISHED} AND attempts <= :own`);
    if (rehearsal) return db.transact([change(id, set, values), ...closing]);
    if (own !== undefined && attempts === 0 && (await db.transact([alone, ...closing]))) return true;
    const litter = noteLitter({
      id,
      digest: (values[':digest'] as string | undefined) ?? digest,
      keep,
      attempted: true,
    });
    return db.transact([change(id, set, values), ...closing, litter]);
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
      const { digest, making } = soundbite;
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

    /**
     * Begins an attempt and, with a lease, takes the right to make its audio, so that equal speech is made once.
     * @returns false when the soundbite is gone or finished, or somebody else makes or has made the audio
     */
    begin({ id }: Soundbite, lease?: Lease): Promise<boolean> {
      const set = 'SET #status = :working, updatedAt = :at';
      if (lease === undefined) return db.transact([change(id, `${set} ADD attempts :one`, { ':one': 1 })]);
      const begun = change(id, `${set}, digest = :digest ADD attempts :one`, { ':one': 1, ':digest': lease.digest });
      return db.transact([begun, leaseWrite(db, lease, id)]);
    },

    /** Takes back that an attempt was begun: it was turned away before it could do anything, and is not to count. */
    async uncount({ id }: Soundbite): Promise<void> {
      await db.transact([
        change(
          id,
          'SET updatedAt = :at ADD attempts :minus',
          { ':minus': -1, ':none': 0 },
          `${UNFINISHED} AND attempts > :none`,
        ),
      ]);
    },

    /**
     * Says that it is ready. False when it is gone, when another delivery of the same message was quicker, or when the audio
     * that it was to share or to publish is of another making by now.
     */
    finish(soundbite: Soundbite, { audio, engine, shared, fresh }: Outcome): Promise<boolean> {
      const set = 'SET #status = :ready, audio = :audio, engine = :engine, updatedAt = :at';
      const values = { ':ready': 'ready', ':audio': audio, ':engine': engine };
      const own = fresh ? 1 : 0;
      if (shared === undefined) return end(soundbite, { set, values, own, writes: [] });
      const { digest, making } = shared;
      return end(soundbite, {
        set: `${set}, digest = :digest, making = :making`,
        values: { ...values, ':digest': digest, ':making': making },
        own,
        writes: [fresh ? madeWrite(db, digest, making, audio, retentionDays) : shareWrite(db, digest, making)],
        keep: audio.key,
      });
    },

    /** Says that it has failed for good. False when it is gone or was finished otherwise. */
    fail(soundbite: Soundbite, reason: string): Promise<boolean> {
      const set = 'SET #status = :failed, reason = :reason, updatedAt = :at';
      const values = { ':failed': 'failed', ':reason': reason };
      return end(soundbite, { set, values, writes: [] });
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

    /**
     * Forgets it with its marker, its idempotency key and its share, and notes what is left. False when it changed
     * meanwhile: read it again.
     */
    async forget(soundbite: Soundbite): Promise<boolean> {
      const { id, status, keyDigest, digest, making } = soundbite;
      const writes: Write[] = [
        {
          Delete: {
            TableName,
            Key: soundbiteKey(id),
            ConditionExpression: '#status = :status',
            ExpressionAttributeNames: { '#status': 'status' },
            ExpressionAttributeValues: { ':status': status },
          },
        },
        { Delete: { TableName, Key: openKey(id) } },
      ];
      if (keyDigest !== undefined) writes.push({ Delete: { TableName, Key: idempotencyKey(keyDigest) } });
      if (leavesLitter(soundbite)) writes.push(noteLitter(litterOf(soundbite)));
      if (digest === undefined || making === undefined) return db.transact(writes);
      if (await db.transact([...writes, unshareWrite(db, digest, making)])) return true;
      return db.transact([...writes, notSharedCheck(db, digest, making)]);
    },
  };
}

/** How a soundbite ends: see `end`. */
interface Ending {
  readonly set: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Attempts that the caller itself began; absent where others may be under way or may have died. */
  readonly own?: number;
  readonly writes: readonly Write[];
  readonly keep?: string;
}

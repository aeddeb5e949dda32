import type { Audio, CallbackState, Soundbite } from '../soundbites/soundbite.ts';
import { madeWrite, notSharedCheck, shareWrite, unshareWrite } from './audio-records.ts';
import type { Db, Write } from './db.ts';
import { idempotencyKey, openKey, soundbiteKey } from './items.ts';
import { leavesLitter, litterOf } from './litter.ts';
import { changeWrite, closeWrites, litterNote, UNFINISHED } from './soundbite-writes.ts';

/** Audio that a soundbite now has. */
export interface MadeAudio {
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

/** How soundbites end, and are forgotten. */
export const soundbiteEndings = (db: Db, times: RecordTimes) => ({
  /**
   * Says that it is ready. False when it is gone, when another delivery of the same message was quicker, or when the audio
   * that it was to share or to publish is of another making by now.
   */
  finish: (soundbite: Soundbite, outcome: MadeAudio): Promise<boolean> =>
    end(db, times, soundbite, readyBy(db, times, outcome)),

  /** Says that it has failed for good. False when it is gone or was finished otherwise. */
  fail(soundbite: Soundbite, reason: string): Promise<boolean> {
    const set = 'SET #status = :failed, reason = :reason, updatedAt = :at';
    return end(db, times, soundbite, { set, values: { ':failed': 'failed', ':reason': reason }, writes: [] });
  },

  /** Records one try of a callback; its marker goes unless it is to be tried again. */
  settleCallback(soundbite: Soundbite, callback: CallbackState): Promise<boolean> {
    const settled: Write = {
      Update: {
        TableName: db.table,
        Key: soundbiteKey(soundbite.id),
        UpdateExpression: 'SET callback = :callback ADD callbackAttempts :one',
        ConditionExpression: 'attribute_exists(pk)',
        ExpressionAttributeValues: { ':callback': callback, ':one': 1 },
      },
    };
    return db.transact([settled, ...closeWrites(db, { ...soundbite, callback })]);
  },

  /**
   * Forgets it with its marker, its idempotency key and its share, and notes what is left. False when it changed
   * meanwhile: read it again.
   */
  async forget(soundbite: Soundbite): Promise<boolean> {
    const { digest, making } = soundbite;
    const writes = forgetWrites(db, times, soundbite);
    if (digest === undefined || making === undefined) return db.transact(writes);
    if (await db.transact([...writes, unshareWrite(db, digest, making)])) return true;
    return db.transact([...writes, notSharedCheck(db, digest, making)]);
  },
});

/** How a soundbite ends: see `end`. */
interface Ending {
  readonly set: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Attempts that the caller itself began; absent where others may be under way or may have died. */
  readonly own?: number;
  readonly writes: readonly Write[];
  readonly keep?: string;
}

/**
 * Ends a soundbite. When no attempt but the caller's `own` was ever begun, nothing but what `writes` say can be left of it;
 * else litter is noted in the same transaction. Who shares audio began none: any other may have died with an object.
 */
async function end(
  db: Db,
  { jobTimeoutSeconds }: RecordTimes,
  soundbite: Soundbite,
  { set, values, own, writes, keep }: Ending,
): Promise<boolean> {
  const { id, digest, rehearsal, attempts } = soundbite;
  const closing = [...writes, ...closeWrites(db, soundbite)];
  const alone = changeWrite(db, id, set, { ...values, ':own': own ?? 0 }, `${UNFINISHED} AND attempts <= :own`);
  if (rehearsal) return db.transact([changeWrite(db, id, set, values), ...closing]);
  if (own !== undefined && attempts === 0 && (await db.transact([alone, ...closing]))) return true;
  const made = (values[':digest'] as string | undefined) ?? digest;
  const litter = litterNote(db, { id, digest: made, keep, attempted: true }, jobTimeoutSeconds);
  return db.transact([changeWrite(db, id, set, values), ...closing, litter]);
}

function readyBy(db: Db, { retentionDays }: RecordTimes, { audio, engine, shared, fresh }: MadeAudio): Ending {
  const set = 'SET #status = :ready, audio = :audio, engine = :engine, updatedAt = :at';
  const values = { ':ready': 'ready', ':audio': audio, ':engine': engine };
  const own = fresh ? 1 : 0;
  if (shared === undefined) return { set, values, own, writes: [] };
  const { digest, making } = shared;
  return {
    set: `${set}, digest = :digest, making = :making`,
    values: { ...values, ':digest': digest, ':making': making },
    own,
    writes: [fresh ? madeWrite(db, digest, making, audio, retentionDays) : shareWrite(db, digest, making)],
    keep: audio.key,
  };
}

function forgetWrites(db: Db, { jobTimeoutSeconds }: RecordTimes, soundbite: Soundbite): Write[] {
  const { id, status, keyDigest } = soundbite;
  const removed: Write = {
    Delete: {
      TableName: db.table,
      Key: soundbiteKey(id),
      ConditionExpression: '#status = :status',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    },
  };
  const writes: Write[] = [removed, { Delete: { TableName: db.table, Key: openKey(id) } }];
  if (keyDigest !== undefined) writes.push({ Delete: { TableName: db.table, Key: idempotencyKey(keyDigest) } });
  if (leavesLitter(soundbite)) writes.push(litterNote(db, litterOf(soundbite), jobTimeoutSeconds));
  return writes;
}

import { attemptsFolder } from '../soundbites/audio-keys.ts';
import type { Soundbite } from '../soundbites/soundbite.ts';
import type { Db, Write } from './db.ts';
import { INDEX, LITTER, litterKey, openOrder } from './items.ts';

/**
 * What may be left of a soundbite that nobody works for any more: objects of attempts that were not published, a lease, a
 * share. Written in the transaction that ends the soundbite, so that whatever dies afterwards, a sweep removes it.
 */
export interface Litter {
  readonly id: string;
  /** Of the speech whose record may hold the soundbite's lease, or its share. */
  readonly digest?: string | undefined;
  /** The making whose share was taken back. */
  readonly making?: string | undefined;
  /** The published object among those of the soundbite's attempts: whether it goes is for its record to say. */
  readonly keep?: string | undefined;
  /** Another attempt was begun than the one that published: more than the published object may be there. */
  readonly attempted: boolean;
}

const WEEK_SECONDS = 7 * 86_400;

/** When (epoch ms) the last attempt that may have been under way has surely ended. */
export function litterDue(now: number, jobTimeoutSeconds: number): number {
  return now + 2_000 * jobTimeoutSeconds + 30_000;
}

/** The write that notes litter, to be removed from `due` (epoch ms) on. */
export function litterWrite(db: Db, litter: Litter, due: number): Write {
  const Item = {
    ...litterKey(litter.id),
    list: LITTER,
    order: openOrder(due, litter.id),
    ...litter,
    expiresAt: Math.floor(due / 1000) + WEEK_SECONDS,
  };
  return { Put: { TableName: db.table, Item } };
}

/** Whether more must be done about a soundbite that is deleted than to delete its items. */
export function leavesLitter({ status, making, attempts, rehearsal }: Soundbite): boolean {
  if (rehearsal) return false;
  return making !== undefined || (attempts > 0 && (status === 'queued' || status === 'working'));
}

/** What a soundbite that is deleted leaves behind. */
export function litterOf({ id, digest, making, audio, attempts }: Soundbite): Litter {
  const own = audio?.key.startsWith(attemptsFolder(id)) ? 1 : 0; // audio that is shared was published by another's attempt
  return { id, digest, making, keep: audio?.key, attempted: attempts > own };
}

export function litterRecords(db: Db) {
  return {
    /** Litter whose time has come, the longest overdue first. */
    async dueLitter(limit: number): Promise<Litter[]> {
      const page = await db.document.query({
        TableName: db.table,
        IndexName: INDEX,
        KeyConditionExpression: '#list = :list AND #order < :before',
        ExpressionAttributeNames: { '#list': 'list', '#order': 'order' },
        ExpressionAttributeValues: { ':list': LITTER, ':before': db.stamp() },
        Limit: limit,
      });
      return (page.Items ?? []) as unknown as Litter[];
    },

    async removeLitter(id: string): Promise<void> {
      await db.document.delete({ TableName: db.table, Key: litterKey(id) });
    },
  };
}

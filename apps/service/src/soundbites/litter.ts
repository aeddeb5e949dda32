import type { ServiceParts } from '../parts.ts';
import { type Litter, leavesLitter, litterOf } from '../stores/litter.ts';
import { attemptsFolder } from './audio-keys.ts';
import type { Soundbite } from './soundbite.ts';

type Stores = Pick<ServiceParts, 'table' | 'bucket'>;

/** Removes audio that nobody shares any more: first its object, then its record, so that whatever dies between, it can be repeated. */
export async function bury({ table, bucket }: Stores, digest: string, making: string): Promise<void> {
  const record = await table.audio(digest);
  if (record?.state !== 'spent' || record.making !== making) return;
  await bucket.delete(record.audio.key);
  await table.removeSpent(digest, making);
}

/**
 * Forgets a soundbite, and its audio when nobody else shares it. What cannot be removed at once, because an attempt may still
 * be under way, is for the sweep. False when it changed meanwhile: read it again.
 */
export async function forget(parts: Stores, soundbite: Soundbite): Promise<boolean> {
  if (!(await parts.table.forget(soundbite))) return false;
  if (leavesLitter(soundbite)) await clearDeleted(parts, litterOf(soundbite));
  else if (soundbite.audio !== undefined && (await isUnshared(parts, soundbite))) {
    await parts.bucket.delete(soundbite.audio.key);
  }
  return true;
}

async function clearDeleted(parts: Stores, { id, digest, making, attempted }: Litter): Promise<void> {
  if (digest !== undefined && making !== undefined) await bury(parts, digest, making);
  if (!attempted) await parts.table.removeLitter(id);
}

/** Whether a soundbite without a making (a rehearsal's, or one of a version before makings had ids) was the last with its audio. */
async function isUnshared({ table }: Stores, soundbite: Soundbite): Promise<boolean> {
  return soundbite.rehearsal || table.unshareUnnamed(soundbite);
}

/** Removes all litter of a soundbite. Only when no attempt at it can be under way any more. */
export async function clearLitter(parts: Stores, litter: Litter): Promise<void> {
  const { table, bucket } = parts;
  const { id, making, keep } = litter;
  // Whoever noted it may have read the soundbite before an attempt took a lease; the record says of which speech.
  const digest = litter.digest ?? (await table.soundbite(id))?.digest;
  if (digest !== undefined && making !== undefined) await bury(parts, digest, making);
  if (digest !== undefined) await table.releaseLeaseOf(digest, id);
  for (const key of await bucket.keys(attemptsFolder(id))) {
    if (key !== keep) await bucket.delete(key);
  }
  await table.removeLitter(id);
}

import { z } from 'zod';
import { Digest, shortDigest } from '../digest.ts';
import { SoundBiteError } from '../errors.ts';

/** A release that goes nowhere further, or may again. */
export const Block = z.object({
  release: Digest,
  blocked: z.boolean(),
  /** Why; of the end of a block there need be none. */
  reason: z.string(),
  by: z.string(),
  /** When that was said (ISO 8601); absent: it is not on record. */
  at: z.string().optional(),
});
export type Block = z.infer<typeof Block>;

/** `0123456789ab is blocked by ana (wrong prices); soundbite unblock 0123456789ab` */
export const blockText = ({ release, reason, by }: Block): string =>
  `${shortDigest(release)} is blocked by ${by} (${reason}); soundbite unblock ${shortDigest(release)}`;

/** Nobody goes back to a blocked release. */
export const blockedTargetError = (block: Block): SoundBiteError =>
  new SoundBiteError('release-blocked', `${shortDigest(block.release)} is blocked by ${block.by} (${block.reason})`, {
    hint: `choose another release, or: soundbite unblock ${shortDigest(block.release)}`,
  });

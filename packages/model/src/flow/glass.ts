import { z } from 'zod';
import { Digest, shortDigest } from '../digest.ts';
import { SoundBiteError } from '../errors.ts';
import type { Actor } from '../people/roles.ts';
import { minuteText } from './minute-text.ts';

/** How long everybody is shown that somebody broke the glass, in ms. */
const shownMs = 24 * 3_600_000;

/** Somebody promoted past the order, the gates of entry, freezes, holds and taints, at most a day ago. */
export const BrokenGlass = z.object({
  promotion: z.string(),
  environment: z.string(),
  release: Digest,
  reason: z.string(),
  by: z.string(),
  /** When, and until when it is shown (ISO 8601). */
  at: z.string(),
  until: z.string(),
});
export type BrokenGlass = z.infer<typeof BrokenGlass>;

/** When it is no longer shown (ISO 8601). */
export const shownUntil = (at: string): string => new Date(Date.parse(at) + shownMs).toISOString();

/** `ana broke the glass of production for 0123456789ab at 2026-12-01 03:10 UTC (outage): promotion …` */
export const glassText = ({ promotion, environment, release, reason, by, at }: BrokenGlass): string =>
  `${by} broke the glass of ${environment} for ${shortDigest(release)} at ${minuteText(at)} (${reason}): promotion ${promotion}`;

/** Only a person breaks the glass, for a promotion, and says why. Errors: `forbidden`, `override-without-reason`, `usage`. */
export function mustBeAllowedGlass(
  { kind, reason }: { readonly kind: 'promote' | 'rollback'; readonly reason?: string | undefined },
  { name, person }: Pick<Actor, 'name' | 'person'>,
): void {
  if (kind === 'rollback')
    throw new SoundBiteError('usage', 'a rollback needs no broken glass: nothing keeps it', {
      hint: 'ask for it without breakGlass',
    });
  if (person === null)
    throw new SoundBiteError('forbidden', `${name} is a program; people break the glass`, {
      hint: 'soundbite token create --person <e-mail>',
    });
  if (!reason?.trim())
    throw new SoundBiteError('override-without-reason', 'who breaks the glass says why', {
      hint: 'add --reason "why"',
    });
}

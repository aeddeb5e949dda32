import { z } from 'zod';
import { Digest } from '../digest.ts';
import { SoundBiteError } from '../errors.ts';
import { readSigned, signedText } from './signed.ts';
import { Person } from './token.ts';

/** How long a link can be used, in ms. */
export const linkLastsMs = 24 * 3_600_000;

/** POST /v1/promotions/:id/link: for whom; for who asks when absent. */
export const ApprovalLinkRequest = z.strictObject({ person: Person.optional() });
export type ApprovalLinkRequest = z.infer<typeof ApprovalLinkRequest>;

/** A link by which one person decides one promotion, once. `path`: on the control plane, wherever that is reached; whoever has it may use it. */
export const ApprovalLink = z.object({
  promotion: z.string(),
  release: Digest,
  person: z.string(),
  path: z.string(),
  /** ISO 8601. */
  expires: z.string(),
});
export type ApprovalLink = z.infer<typeof ApprovalLink>;

/** What a link says. */
const LinkClaim = z.strictObject({
  /** Its own name: it is used once. */
  id: z.string(),
  promotion: z.string(),
  release: Digest,
  person: z.string(),
  /** The token by which the person's word counts; null: the home's own secret. */
  token: z.string().nullable(),
  /** In ms since 1970. */
  issued: z.int(),
  expires: z.int(),
});
export type LinkClaim = z.infer<typeof LinkClaim>;

const purpose = 'soundbite approval link 1';

/** By the home's own secret. */
export const signedLink = (claim: LinkClaim, secret: string): string => signedText(purpose, claim, secret);

/** What a link says, if this home signed it. Errors: `link-invalid`, `link-over` (expired). */
export function readLink(link: string, secret: string, now: number): LinkClaim {
  const said = readSigned(purpose, link, secret);
  if (said === null) throw new SoundBiteError('link-invalid', 'this link was altered, or is of another home');
  const claim = LinkClaim.parse(said);
  if (claim.expires <= now)
    throw new SoundBiteError('link-over', `this link could be used until ${new Date(claim.expires).toISOString()}`);
  return claim;
}

import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { pageCookiePrefix } from '../names.ts';
import { readSigned, signedText } from './signed.ts';

/** How long a browser may ask without a new link, in ms: a week. Never longer than the token by which it was let in. */
export const sessionLastsMs = 7 * 86_400_000;

/** A clock that was put back by more than this (ms) makes a session one that has not begun. */
const clockLeewayMs = 60_000;

/** Who asks from a browser. */
const SessionClaim = z.strictObject({
  /** The token by which the browser was let in; null: the home's own secret. */
  token: z.string().nullable(),
  /** When that token was made (ISO 8601): a later one of the same name is another. Null: the home's own secret. */
  created: z.string().nullable(),
  /** In ms since 1970. */
  issued: z.int(),
});
export type SessionClaim = z.infer<typeof SessionClaim>;

const purpose = 'soundbite page session 1';

/** By what a browser is let in. */
export type SessionGrounds = Omit<SessionClaim, 'issued'>;

/** What a browser's cookie holds: nothing of it is kept, so that no death of a process ends it. By the home's own secret. */
export const signedSession = (claim: SessionClaim, secret: string): string => signedText(purpose, claim, secret);

/** What such a cookie says; null: it was altered, is of another home, or is over. */
export function readSession(session: string, secret: string, now: number): SessionClaim | null {
  const claim = SessionClaim.safeParse(readSigned(purpose, session, secret)).data;
  if (!claim || claim.issued > now + clockLeewayMs || claim.issued + sessionLastsMs <= now) return null;
  return claim;
}

/** The cookie's name: homes on one machine share its browsers' cookies, whatever their ports. */
export const pageCookieName = (secret: string): string =>
  `${pageCookiePrefix}${createHmac('sha256', secret).update('soundbite page cookie').digest('hex').slice(0, 8)}`;

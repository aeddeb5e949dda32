import { createHash, timingSafeEqual } from 'node:crypto';
import type { Settings } from '../settings.ts';
import type { AppContext } from './context.ts';
import { fieldProblem } from './problems.ts';

const HEADER = 'x-soundbite-rehearsal';

/**
 * Whether a request rehearses a version that has no traffic yet: on Lambda by its stage, as a process by the control token.
 * @throws Problem 403 when the token is wrong
 */
export function isRehearsal(c: AppContext, settings: Settings): boolean {
  if (c.env.rehearsal === true) return true;
  const shown = c.req.header(HEADER);
  if (shown === undefined || settings.controlToken === undefined) return false;
  if (isSameSecret(shown, settings.controlToken)) return true;
  throw fieldProblem(403, 'wrong-control-token', HEADER, 'is not the control token');
}

/** Compares without telling by the time taken where two secrets differ. */
export function isSameSecret(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

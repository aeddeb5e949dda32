import type { MiddlewareHandler } from 'hono';
import type { AppTypes } from './context.ts';
import { HttpProblem } from './problems.ts';

/** Those who look at the service are never turned away, so that a busy service is not taken for a dead one. */
const FREE = new Set(['/health', '/ready', '/version', '/metrics']);

/**
 * A token bucket over all callers of this process: `perSecond` on average, twice that at once. On Lambda each instance has its
 * own; there the API's stage throttles.
 */
export function rateLimit(perSecond: number, now: () => number): MiddlewareHandler<AppTypes> {
  const most = Math.max(1, perSecond * 2);
  let tokens = most;
  let at = now();
  return async (c, next) => {
    if (!FREE.has(c.req.path) && c.env.rehearsal !== true) {
      const time = now();
      tokens = Math.min(most, tokens + (Math.max(0, time - at) / 1000) * perSecond);
      at = time;
      if (tokens < 1) {
        const seconds = String(Math.ceil((1 - tokens) / perSecond));
        throw new HttpProblem(429, 'too-many-requests', `more than ${perSecond} requests a second`, {
          headers: { 'retry-after': seconds },
        });
      }
      tokens -= 1;
    }
    await next();
  };
}

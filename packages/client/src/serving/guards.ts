import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import type { Context, MiddlewareHandler } from 'hono';
import { refusal } from './errors.ts';

/**
 * Refuses requests whose Host is another name than this machine's loopback interface. A page of the web whose name was made to lead to 127.0.0.1 (DNS
 * rebinding) sends its own name.
 */
export const demandLoopbackHost: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host');
  if (isLoopbackHost(host)) return next();
  const hint = 'use 127.0.0.1, localhost or [::1], at any port';
  throw refusal('host-refused', `the Host header is ${host === undefined ? 'missing' : JSON.stringify(host)}`, hint);
};

/** Refuses changes that a page of another origin asks for. Programs send no Origin. */
export const demandOwnOrigin: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  const isSafe = ['GET', 'HEAD'].includes(c.req.method);
  if (isSafe || origin === undefined || origin === `http://${c.req.header('host')}`) return next();
  throw refusal(
    'origin-refused',
    `a page of ${JSON.stringify(origin)} may not ask for changes`,
    'use the soundbite command',
  );
};

/**
 * Refuses what a browser's cookie asks for, unless a page of the control plane asks, or a person by the address bar. A cookie knows no port: every page of
 * this machine's loopback interface is of the same site, and its requests bring the cookie. A change names its page, always. Errors: `origin-refused`.
 */
export function demandOwnPage(c: Context): void {
  const [origin, site] = [c.req.header('origin'), c.req.header('sec-fetch-site')];
  const isSafe = ['GET', 'HEAD'].includes(c.req.method);
  const isOwn = isSafe
    ? [undefined, 'same-origin', 'none'].includes(site)
    : origin === `http://${c.req.header('host')}` && [undefined, 'same-origin'].includes(site);
  if (isOwn) return;
  const page = origin === undefined ? 'a page that does not say its origin' : `a page of ${JSON.stringify(origin)}`;
  throw refusal('origin-refused', `${page} may not ask by a browser’s cookie`, 'use the page: soundbite open');
}

/**
 * Refuses what is no page that somebody opens: a picture, a frame or a script's request (of another port of this machine, which brings the cookie), and what a
 * browser fetches ahead, since nobody has followed it. Programs say neither. Errors: `origin-refused`.
 */
export const demandPageOpened: MiddlewareHandler = async (c, next) => {
  const wanted = c.req.header('sec-fetch-dest') ?? 'document';
  const isAhead = ['sec-purpose', 'purpose'].some((name) => c.req.header(name)?.toLowerCase().includes('prefetch'));
  if (wanted === 'document' && !isAhead) return next();
  const what = isAhead ? 'fetched ahead' : `asked for as ${JSON.stringify(wanted)}`;
  throw refusal('origin-refused', `this is a page to open, and was ${what}`, 'open it in a browser: soundbite open');
};

/** Answers are nobody else's: nothing of them runs, is framed, guessed at, read by other origins or kept. Pages say what they need beside that. */
export const closeAnswers: MiddlewareHandler = async (c, next) => {
  c.header(
    'content-security-policy',
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  );
  c.header('cross-origin-resource-policy', 'same-origin');
  c.header('cache-control', 'no-store');
  c.header('referrer-policy', 'same-origin');
  c.header('x-content-type-options', 'nosniff');
  return next();
};

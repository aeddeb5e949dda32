import { isLoopbackHost } from '@soundbite/model/loopback.ts';
import type { MiddlewareHandler } from 'hono';
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

import { lookup as resolve } from 'node:dns';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type CallbackPolicy, callbackUrlProblem, isAllowedAddress } from '../soundbites/callback-url.ts';

/** A callback that must not be sent where it leads. */
class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/** A receiver that did not take the callback. */
class CallbackRefusedError extends Error {
  override readonly name = 'CallbackRefusedError';
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 307, 308]);

export interface Post {
  readonly url: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly policy: CallbackPolicy;
  /** For the whole exchange, redirects included. */
  readonly timeoutMs: number;
}

/**
 * Posts to an address that a stranger gave. Every URL, the first and each redirect's, is checked as written; the address that
 * a name resolves to is checked in the very resolution that the connection uses, so there is no moment between check and use.
 * @throws ForbiddenAddressError, CallbackRefusedError, or the error of the connection
 */
export async function postGuarded(post: Post): Promise<void> {
  const signal = AbortSignal.timeout(post.timeoutMs);
  let url = post.url;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const problem = callbackUrlProblem(url, post.policy);
    if (problem !== undefined) throw new ForbiddenAddressError(`the callback's address ${problem}`);
    const { status, location } = await exchange(new URL(url), post, signal);
    if (status >= 200 && status < 300) return;
    if (!REDIRECTS.has(status) || location === undefined)
      throw new CallbackRefusedError(`the receiver answered ${status}`);
    if (!URL.canParse(location, url)) throw new CallbackRefusedError('the receiver redirected to no URL');
    url = new URL(location, url).href;
  }
  throw new CallbackRefusedError(`the receiver redirected more than ${MAX_REDIRECTS} times`);
}

function exchange(
  url: URL,
  post: Post,
  signal: AbortSignal,
): Promise<{ status: number; location: string | undefined }> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((settle, reject) => {
    const body = Buffer.from(post.body);
    const sent: ClientRequest = request(url, {
      method: 'POST',
      headers: { ...post.headers, 'content-length': body.byteLength },
      lookup: guardedLookup(post.policy),
      agent: false, // no connection is kept, so none is used again unchecked
      signal,
    });
    sent.on('error', (error) =>
      reject(signal.aborted ? new CallbackRefusedError(`the receiver took more than ${post.timeoutMs} ms`) : error),
    );
    sent.on('response', (response: IncomingMessage) => {
      response.destroy(); // nobody reads a receiver's body
      settle({ status: response.statusCode ?? 0, location: response.headers.location });
    });
    sent.end(body);
  });
}

/** Resolves a name, and refuses it if any of its addresses is forbidden. */
export function guardedLookup(policy: CallbackPolicy): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      const forbidden = addresses.find(({ address }) => !isAllowedAddress(address, policy));
      const [first] = addresses;
      if (forbidden !== undefined || first === undefined) {
        return callback(new ForbiddenAddressError(`${hostname} leads to ${forbidden?.address ?? 'no address'}`), '', 0);
      }
      if (options.all === true) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}

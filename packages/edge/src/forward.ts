import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { request as send } from 'node:http';
import type { EdgeUpstream } from '@soundbite/model';
import { toUpstream } from './headers.ts';

/** API Gateway's limits for an HTTP API: payload 10 MB, integration 30 s. */
const gatewayBodyBytes = 10 * 1024 * 1024;
const gatewayTimeoutMs = 30_000;
const processTimeoutMs = 60_000;

/** The result of forwarding a request to one upstream. */
export type ForwardingResult =
  | { readonly kind: 'answered'; readonly answer: IncomingMessage }
  /** Nothing of the request can have reached it: another attempt is safe, whatever the method. */
  | { readonly kind: 'unreached'; readonly error: Error }
  /** It may have reached it: only a request without effects may be tried again. */
  | { readonly kind: 'broken'; readonly error: Error }
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'client-gone' };

export interface Forwarding {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly requestId: string;
  readonly upstream: EdgeUpstream;
  /** Connections that are kept, for requests that may be repeated; others get one of their own, which cannot be stale. */
  readonly agent: Agent | false;
  /** Aborted when the client goes away. */
  readonly gone: AbortSignal;
}

/** Sends a request to one upstream and resolves when its answer begins. The body is sent only once the connection is open. */
export function forward(wanted: Forwarding): Promise<ForwardingResult> {
  const { request, upstream, gone } = wanted;
  const timeoutMs = upstream.kind === 'gateway' ? gatewayTimeoutMs : processTimeoutMs;
  const outgoing = open(wanted);
  const { outcome, settle, isSettled } = settling(request, outgoing, timeoutMs);
  let isConnected = false;

  const onGone = () => {
    settle({ kind: 'client-gone' });
    outgoing.destroy();
  };
  gone.addEventListener('abort', onGone, { once: true });
  outgoing.once('close', () => gone.removeEventListener('abort', onGone));

  const begin = () => {
    isConnected = true;
    sendBody(wanted, outgoing, settle);
  };
  outgoing.once('socket', (socket) => (socket.connecting ? socket.once('connect', begin) : begin()));
  outgoing.once('response', (answer) => settle({ kind: 'answered', answer }));
  outgoing.on('error', (error) => {
    // An upstream may answer and close before it has read the whole body: the answer counts, the rest of the body is dropped.
    if (isSettled()) request.unpipe(outgoing).resume();
    settle({ kind: isConnected ? 'broken' : 'unreached', error });
  });
  return outcome;
}

/** Its first result, at the latest at the timeout; anything but an answer ends the sending. */
function settling(request: IncomingMessage, outgoing: ClientRequest, timeoutMs: number) {
  const { promise, resolve } = Promise.withResolvers<ForwardingResult>();
  let settled = false;
  const settle = (outcome: ForwardingResult) => {
    if (settled) return;
    settled = true;
    clearTimeout(timer);
    if (outcome.kind !== 'answered') {
      request.unpipe(outgoing);
      outgoing.destroy();
    }
    resolve(outcome);
  };
  const timer = setTimeout(() => settle({ kind: 'late', ms: timeoutMs }), timeoutMs);
  return { outcome: promise, settle, isSettled: () => settled };
}

function sendBody(
  { request, upstream }: Forwarding,
  outgoing: ClientRequest,
  settle: (outcome: ForwardingResult) => void,
): void {
  if (!hasBody(request)) return void outgoing.end();
  if (upstream.kind === 'gateway') limit(request, gatewayBodyBytes, (bytes) => settle({ kind: 'too-large', bytes }));
  request.pipe(outgoing);
}

/** True when a body follows the headers. */
export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return encoding !== undefined || (length !== undefined && length !== '0');
}

/** A body that says from the start that it is too large is not sent at all. */
export function tooLarge(request: IncomingMessage, upstream: EdgeUpstream): number | null {
  const bytes = Number(request.headers['content-length'] ?? 0);
  return upstream.kind === 'gateway' && bytes > gatewayBodyBytes ? bytes : null;
}

function open({ request, path, requestId, upstream, agent }: Forwarding): ClientRequest {
  const url = new URL(upstream.url);
  const prefix = url.pathname === '/' ? '' : url.pathname;
  return send({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    method: request.method,
    path: `${prefix}${path}`,
    headers: toUpstream(request, requestId, url.host),
    agent,
  });
}

function limit(request: IncomingMessage, most: number, exceeded: (bytes: number) => void): void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= most) return;
    request.off('data', count);
    exceeded(bytes);
  };
  request.on('data', count);
}

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { canonicalTarget } from '../http/path.ts';
import { HttpProblem, PROBLEM_TYPE } from '../http/problems.ts';
import type { Settings } from '../settings.ts';

/** A listening server of this process. */
export interface Listening {
  readonly port: number;
  /** Takes no new connection and waits for what is in flight. */
  close(): Promise<void>;
}

/** Milliseconds. Whoever sends its headers or its body slower is cut off with 408. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 2_000 };

/** How often a closing server looks for connections that have become idle. */
const IDLE_LOOK_MS = 25;

/** Listens on loopback only: whatever faces others stands in front. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  settings: Settings,
  timeouts = TIMEOUTS,
): Promise<Listening> {
  const answer = getRequestListener(fetch, { errorHandler: () => unreadable(settings) });
  const server = createServer(timeouts, (request: IncomingMessage, response: ServerResponse) => {
    if (!isLoopbackHost(request.headers.host)) return send(response, FOREIGN_HOST, settings);
    request.url = canonicalTarget(request.url ?? '/');
    void answer(request, response);
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) => end(socket, NO_PROXY, settings));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuse(error, socket, settings));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port, '127.0.0.1', resolve);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearInterval(idle);
}

const MALFORMED = new HttpProblem(400, 'malformed-request', 'this is no HTTP request that can be read');
const TOO_SLOW = new HttpProblem(408, 'request-too-slow', 'the request did not arrive in time');
const HEADERS_TOO_LARGE = new HttpProblem(431, 'headers-too-large', 'the header fields are too large');
const FOREIGN_HOST = new HttpProblem(
  421,
  'wrong-host',
  'the Host header is no name of this machine’s loopback interface',
);
const NO_PROXY = new HttpProblem(405, 'method-not-allowed', 'CONNECT is not served: this is not a proxy', {
  headers: { allow: 'GET, HEAD, POST, DELETE' },
});

/**
 * A process listens on loopback, so it is asked by a name of that interface, at any port. A page of the web whose name was made to lead here (DNS rebinding)
 * sends its own name, and would read texts.
 */
function isLoopbackHost(host: string | undefined): boolean {
  return /^(127(\.\d{1,3}){3}|\[::1\]|([a-z0-9-]+\.)*localhost)(:\d{1,5})?$/i.test(host ?? '');
}

const headersOf = (problem: HttpProblem, settings: Settings) => ({
  'content-type': PROBLEM_TYPE,
  'x-soundbite-release': settings.release,
  ...problem.headers,
});

/** A request that Node can parse and that makes no URL. */
function unreadable(settings: Settings): Response {
  const { status } = MALFORMED;
  return new Response(JSON.stringify(MALFORMED.document()), { status, headers: headersOf(MALFORMED, settings) });
}

function send(response: ServerResponse, problem: HttpProblem, settings: Settings): void {
  response.writeHead(problem.status, headersOf(problem, settings));
  response.end(JSON.stringify(problem.document()));
}

/** Requests that Node's parser refuses never reach the app: answered in the same form all the same. */
function refuse({ code }: NodeJS.ErrnoException, socket: Socket, settings: Settings): void {
  if (code === 'ECONNRESET') socket.destroy();
  else if (code === 'HPE_HEADER_OVERFLOW') end(socket, HEADERS_TOO_LARGE, settings);
  else end(socket, code === 'ERR_HTTP_REQUEST_TIMEOUT' ? TOO_SLOW : MALFORMED, settings);
}

function end(socket: Socket, problem: HttpProblem, settings: Settings): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(problem.document());
  const headers = { ...headersOf(problem, settings), 'content-length': Buffer.byteLength(body), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${problem.document().title}`, ...lines, '', body].join('\r\n'));
}

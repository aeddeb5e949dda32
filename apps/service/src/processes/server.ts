import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { PROBLEM_TYPE, Problem } from '../http/problems.ts';
import type { Settings } from '../settings.ts';

/** A listening server of this process. */
export interface Listening {
  readonly port: number;
  /** Takes no new connection and waits for what is in flight. */
  close(): Promise<void>;
}

/** How often a closing server looks for connections that have become idle. */
const IDLE_LOOK_MS = 25;

/** Listens on loopback only: whatever faces others stands in front. */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  settings: Settings,
): Promise<Listening> {
  const errorHandler = () => unreadable(settings);
  const server = createServer(getRequestListener(fetch, { errorHandler }));
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

const MALFORMED = new Problem(400, 'malformed-request', 'this is no HTTP request that can be read');

/** A request that Node can parse and that makes no URL. */
function unreadable(settings: Settings): Response {
  const headers = { 'content-type': PROBLEM_TYPE, 'x-soundbite-release': settings.release };
  return new Response(JSON.stringify(MALFORMED.document()), { status: MALFORMED.status, headers });
}

/** Requests that Node's parser refuses never reach the app: answered in the same form all the same. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, settings: Settings): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Problem(431, 'headers-too-large', 'the header fields are too large')
      : MALFORMED;
  const body = JSON.stringify(problem.document());
  socket.end(
    [
      `HTTP/1.1 ${problem.status} ${problem.document().title}`,
      `content-type: ${PROBLEM_TYPE}`,
      `content-length: ${Buffer.byteLength(body)}`,
      `x-soundbite-release: ${settings.release}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

import { createServer, type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import { SoundBiteError, toErrorDocument } from '@soundbite/model';

type Fetch = (request: Request) => Response | Promise<Response>;

/** The listening socket of the control plane. */
export interface ControlPlaneServer {
  readonly port: number;
  /** Answers by this from now on. */
  serve(fetch: Fetch): void;
  close(): Promise<void>;
}

/** Milliseconds. Slower headers or bodies end with 408. */
const bounds = { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 2_000 };

/** Takes the port first, so that the address is known before anything needs it; `first` answers until there is somebody to ask. */
export async function listen(port: number, first: Fetch, within = bounds): Promise<ControlPlaneServer> {
  let handler = first;
  const malformed = () => Response.json(refusal(400).document, { status: 400 });
  const listener = getRequestListener((request) => handler(request), { errorHandler: malformed });
  const server = createServer(within, listener);
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(statusOf(error), socket, error));
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => refuse(405, socket));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? taken(port) : error));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    serve: (fetch) => {
      handler = fetch;
    },
    close: () => close(server),
  };
}

/** Its host chose the port a moment ago, and chooses another one. */
const taken = (port: number): SoundBiteError =>
  new SoundBiteError('no-free-port', `something else took 127.0.0.1:${port} meanwhile`, {
    hint: 'run the command again',
  });

function close(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    // Long polls and log streams would hold the server open for minutes.
    server.closeAllConnections();
  });
}

function statusOf({ code }: NodeJS.ErrnoException): number {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}

function refusal(status: number) {
  const said: Readonly<Record<number, string>> = {
    405: 'CONNECT is not served: this is not a proxy',
    408: 'the request did not arrive in time',
    431: 'the header fields are too large',
  };
  const error = new SoundBiteError('usage', said[status] ?? 'this is not a readable HTTP request', {
    hint: 'see /openapi.json',
  });
  return { document: { error: toErrorDocument(error) } };
}

/** Input that never becomes a request also gets an answer in the usual error format. */
function refuse(status: number, socket: Duplex, error?: NodeJS.ErrnoException): void {
  if (!socket.writable || error?.code === 'ECONNRESET') return void socket.destroy();
  const body = JSON.stringify(refusal(status).document);
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'content-type: application/json',
      ...(status === 405 ? ['allow: GET, HEAD, POST, PUT, DELETE'] : []),
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

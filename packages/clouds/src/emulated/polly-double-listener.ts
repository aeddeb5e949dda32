import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

/** Answers one request; both protocols share this much of their messages. */
export type Handler = (
  request: Pick<IncomingMessage, 'method' | 'url'> & AsyncIterable<Buffer>,
  response: Pick<ServerResponse, 'writeHead' | 'end' | 'once'>,
) => void;

/** A server that listens. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens on one port of 127.0.0.1 for HTTP/1.1 and for HTTP/2 without TLS: the AWS SDK speaks HTTP/2 to Polly, and to an
 * `http:` endpoint it does so without asking first, so a connection's first bytes decide.
 */
export async function listen(port: number, handler: Handler): Promise<Listener> {
  const http1 = createServer(handler as Parameters<typeof createServer>[1]);
  const http2 = createHttp2Server(handler as unknown as Parameters<typeof createHttp2Server>[1]);
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  http2.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
  });
  const tcp = createTcpServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy()); // a client that went away is not our error
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      (first.toString('latin1', 0, 4) === 'PRI ' ? http2 : http1).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  tcp.listen(port, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    port: (tcp.address() as AddressInfo).port,
    close: async () => {
      tcp.close();
      for (const session of sessions) session.close();
      http1.closeIdleConnections();
      const forced = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, 2_000);
      await once(tcp, 'close');
      clearTimeout(forced);
    },
  };
}

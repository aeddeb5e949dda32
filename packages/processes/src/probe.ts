import { get } from 'node:http';
import { connect } from 'node:net';
import type { ProcessIdentity } from './identity.ts';
import { holdsSocket } from './identity.ts';
import { listenersOn } from './ports.ts';

/** GETs a URL once. Null when it answered 2xx in time, else why it counts as unhealthy. */
export function probe(url: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(status >= 200 && status < 300 ? null : `GET ${url} answered ${status}`);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', (error) => resolve(`GET ${url}: ${error.message}`));
  });
}

/** Why a process is not healthy to whose port nobody answers. */
export const notYet = (port: number): string => `it does not listen on port ${port} yet`;

/**
 * Whether somebody takes connections on a port. It says nothing of who does, and costs nothing: to find that out, all sockets and all processes of the
 * machine are read, which is too much for a look every 40 ms at each process that starts.
 */
export function isAnswered(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 3_000 });
    const end = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

/**
 * Null when this process (or one of its group) listens on the port. Two processes that race for a port would otherwise
 * both look healthy: the loser by the winner's answers.
 */
export function listens(identity: ProcessIdentity, port: number): string | null {
  const inodes = listenersOn(port);
  if (inodes.size === 0) return notYet(port);
  return holdsSocket(identity, inodes) ? null : `another process listens on port ${port}`;
}

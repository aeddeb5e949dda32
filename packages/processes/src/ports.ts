import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { SoundBiteError } from '@soundbite/model/errors.ts';

/** True when 127.0.0.1:port can be listened on now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * The first free port of: the last one used, the wished one, the 200 above it. `taken` are ports promised to others.
 * Errors: `no-free-port`.
 */
export async function pickPort(wished: number, last: number | null, taken: ReadonlySet<number>): Promise<number> {
  const near = Array.from({ length: 201 }, (_, i) => wished + i).filter((port) => port > 0 && port < 65_536);
  for (const port of last === null ? near : [last, ...near]) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new SoundBiteError('no-free-port', `no port from ${wished} to ${wished + 200} is free on 127.0.0.1`, {
    hint: 'stop what listens there (ss -ltnp), or declare another port',
  });
}

const listening = '0A';

/** Inodes of the sockets that listen on a port, of any user. Source: /proc/net/tcp and tcp6. */
export function listenersOn(port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return new Set(
    ['/proc/net/tcp', '/proc/net/tcp6']
      .flatMap((file) => linesOf(file))
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === listening)
      .map((fields) => fields[9] ?? ''),
  );
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch (error) {
    // A kernel without IPv6 has no tcp6.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

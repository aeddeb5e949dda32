import { once } from 'node:events';
import type { Server } from 'node:http';
import { SoundBiteError } from '@soundbite/model/errors.ts';

/** Listens on 127.0.0.1 at the first free one of: `last`, `wished`, the 200 above it. Gives the port. Errors: `no-free-port`. */
export async function listenNear(server: Server, wished: number, last: number | null): Promise<number> {
  const near = Array.from({ length: 201 }, (_, i) => wished + i).filter((port) => port < 65_536);
  for (const port of last === null ? near : [last, ...near]) {
    if (await listens(server, port)) return port;
  }
  throw new SoundBiteError('no-free-port', `no port from ${wished} to ${wished + 200} is free on 127.0.0.1`, {
    hint: 'stop what listens there (ss -ltnp) or declare another port in environments.yaml',
  });
}

async function listens(server: Server, port: number): Promise<boolean> {
  server.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (['EADDRINUSE', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

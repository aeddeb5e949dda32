import { createServer } from 'node:net';
import { SoundBiteError } from '@soundbite/model';

/** The first free port on 127.0.0.1 of: the last one used, the wished one, the 200 above it. Error: `no-free-port`. */
export async function freePort(wished: number, last: number | null, taken: ReadonlySet<number>): Promise<number> {
  const near = Array.from({ length: 201 }, (_, above) => wished + above);
  for (const port of [...(last === null ? [] : [last]), ...near])
    if (!taken.has(port) && (await canListen(port))) return port;
  throw new SoundBiteError('no-free-port', `no port from ${wished} to ${wished + 200} is free on 127.0.0.1`);
}

const canListen = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });

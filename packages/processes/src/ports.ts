import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
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
 * The first free port of: the last one used, the wished one, the 200 above it. `taken` are ports promised to others. `from`: where the 200 are begun,
 * since whoever lost a port to another home that starts at the same moment would follow it from port to port.
 * Errors: `no-free-port`.
 */
export async function pickPort(
  wished: number,
  last: number | null,
  taken: ReadonlySet<number>,
  from = 0,
): Promise<number> {
  const near = Array.from({ length: 201 }, (_, i) => wished + ((from + i) % 201)).filter((port) => port < 65_536);
  if (last !== null && !taken.has(last) && (await isFreeSoon(last))) return last;
  for (const port of near) if (!taken.has(port) && (await isFree(port))) return port;
  throw new SoundBiteError('no-free-port', `no port from ${wished} to ${wished + 200} is free on 127.0.0.1`, {
    hint: 'stop what listens there (ss -ltnp), or declare another port',
  });
}

/** What seems taken may be another home's look, which lasts for a moment: nobody should lose the port that he had for that. */
async function isFreeSoon(port: number): Promise<boolean> {
  for (let looks = 0; looks < 5; looks++) {
    if (await isFree(port)) return true;
    await pause(20);
  }
  return false;
}

const listening = '0A';

/** Sources, of IPv4 and IPv6. A kernel without the second has no file for it. */
const tables = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Inodes of the sockets that listen on a port, of any user. */
export function listenersOn(port: number): ReadonlySet<string> {
  const first = inodesIn(tables.flatMap(listeningFirst), port);
  return first.size > 0 ? first : inodesIn(tables.flatMap(whole), port);
}

function inodesIn(lines: readonly string[], port: number): ReadonlySet<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return new Set(
    lines
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[1]?.endsWith(`:${hex}`) === true && fields[3] === listening)
      .map((fields) => fields[9] ?? ''),
  );
}

/**
 * The lines of a table that Linux shows before those of connections: the sockets that listen. To show the connections, of which there may be thousands, it
 * goes through tables of its own that are far larger than they are.
 */
function listeningFirst(file: string): string[] {
  const opened = readIfThere(() => openSync(file, 'r'));
  if (opened === undefined) return [];
  try {
    const piece = Buffer.alloc(4_096);
    for (let text = ''; ; ) {
      const length = readSync(opened, piece);
      text += piece.toString('latin1', 0, length);
      const lines = text.split('\n').slice(1);
      const others = lines.slice(0, -1).some((line) => /^ *\d+: /.test(line) && !line.includes(` ${listening} `));
      if (length === 0 || others) return lines;
    }
  } finally {
    closeSync(opened);
  }
}

const whole = (file: string): string[] =>
  readIfThere(() => readFileSync(file, 'utf8'))
    ?.split('\n')
    .slice(1) ?? [];

function readIfThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

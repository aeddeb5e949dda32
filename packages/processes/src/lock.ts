import { statSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import type { Home } from './home.ts';

/**
 * Takes the home's lock; null when somebody else holds it. The lock is a name in the kernel's abstract socket namespace: the kernel
 * gives it to one process and frees it at that process's death, however it died, so that no lock is ever stale. It is the directory's own,
 * whatever path leads there; a host works in its home, so that no other directory gets that inode while it lives.
 */
export function takeLock(home: Home): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    const { dev, ino } = statSync(home.path, { bigint: true });
    server.listen(`\0soundbite-host-${dev}-${ino}`, () => resolve(server));
  });
}

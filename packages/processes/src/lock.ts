import { statSync } from 'node:fs';
import type { Server } from 'node:net';
import { createServer } from 'node:net';
import type { HomePaths } from './home.ts';
import { makeHome } from './home.ts';

/**
 * Takes a lock of the home; null when somebody else holds it. The lock is a name in the kernel's abstract socket namespace: the kernel
 * gives it to one process and frees it at that process's death, however it died, so that no lock is ever stale. It is the directory's own,
 * whatever path leads there; a host works in its home, so that no other directory gets that inode while it lives. Who asks hears `about`.
 */
export function takeLock(home: HomePaths, of: 'host' | 'control-plane' = 'host', about = ''): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end(about);
    });
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(null);
      else reject(error);
    });
    const { dev, ino } = statSync(home.path, { bigint: true });
    server.listen(`\0soundbite-${of}-${dev}-${ino}`, () => resolve(server));
  });
}

/** What the holder of a home's control plane reports about itself on request. */
export interface ControlPlaneHolder {
  readonly pid: number;
  /** It lives for one command only. */
  readonly standalone: boolean;
}

/** Makes this process the one control plane of a home, until it ends; false when there is another one. */
export async function holdControlPlane(path: string, about: ControlPlaneHolder): Promise<boolean> {
  return (await takeLock(makeHome(path), 'control-plane', JSON.stringify(about))) !== null;
}

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeWhole } from './files.ts';
import type { Home } from './home.ts';
import type { HostEvent } from './host.ts';
import { Host } from './host.ts';
import type { HostFile } from './host-file.ts';
import { hostVersion, livingHost } from './host-file.ts';
import { identify } from './identity.ts';
import { takeLock } from './lock.ts';
import { rotate } from './logs.ts';
import { hostServer } from './server.ts';

const homeEveryMs = 1_000;

/**
 * Is the host of a home until it is told to leave. Resolves to false at once when the home has a host already, else to true at the end.
 * SIGTERM and SIGINT leave the children to the next host; POST /down ends them first.
 */
export async function serve(home: Home, emit: (event: HostEvent) => void): Promise<boolean> {
  const lock = await takeLock(home);
  if (lock === null) return false;
  const host = new Host(home, emit);
  const token = randomBytes(24).toString('base64url');
  const { promise: leaving, resolve: leave } = Promise.withResolvers<void>();
  const server = hostServer(host, token, leave);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => leave());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // Before anybody can ask for a process: what runs must be adopted, not started beside itself.
  const restored = host.restore();
  writeWhole(home.hostFile, JSON.stringify(hostFile(token, (server.address() as AddressInfo).port)));
  const removed = whenRemoved(home, emit);
  await Promise.race([leaving, removed.promise, restored.then(() => leaving)]);
  removed.end();
  // Somebody removed the home by hand: nothing of it may go on, or the next host of this path would meet it.
  if (removed.is()) await host.down();
  host.release();
  forget(home);
  server.close();
  server.closeAllConnections();
  lock.close();
  return true;
}

/** Looks whether the home still says that this host is its host. */
function whenRemoved(home: Home, emit: (event: HostEvent) => void) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let removed = false;
  const timer = setInterval(() => {
    try {
      removed = livingHost(home)?.pid !== process.pid;
      if (removed) resolve();
      else rotate(join(home.logs, 'host.log'));
    } catch (error) {
      emit({ code: 'home-unreadable', name: 'host', text: (error as Error).message });
    }
  }, homeEveryMs);
  return { promise, is: () => removed, end: () => clearInterval(timer) };
}

function hostFile(token: string, port: number): HostFile {
  const identity = identify(process.pid);
  if (identity === null) throw new Error('/proc does not show this process');
  return {
    pid: identity.pid,
    started: identity.ticks,
    boot: identity.boot,
    url: `http://127.0.0.1:${port}`,
    token,
    version: hostVersion(process.execPath),
  };
}

/** Takes the file away, unless a next host has written its own. */
function forget(home: Home): void {
  if (livingHost(home)?.pid === process.pid) rmSync(home.hostFile, { force: true });
}

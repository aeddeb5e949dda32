import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeWhole } from './files.ts';
import type { HomePaths } from './home.ts';
import type { HostEvent } from './host.ts';
import { Host } from './host.ts';
import type { HostFile } from './host-file.ts';
import { hostVersion, livingHost } from './host-file.ts';
import { identify } from './identity.ts';
import { takeLock } from './lock.ts';
import { rotate } from './logs.ts';
import { removeOutsideOf } from './outside.ts';
import { hostServer } from './server.ts';
import { settle } from './settle.ts';
import { homeStanding, mark } from './standing.ts';

const homeEveryMs = 1_000;

/**
 * Runs the host of a home until told to leave. Resolves to false at once if the home already has a host, otherwise to true at the end.
 * SIGTERM and SIGINT leave the children to the next host; POST /down ends them first. `port`: where it answers; 0: anywhere.
 */
export async function serve(home: HomePaths, emit: (event: HostEvent) => void, port = 0): Promise<boolean> {
  const lock = await takeLock(home);
  if (lock === null) return false;
  const id = settle(home, emit);
  const host = new Host(home, emit);
  const token = randomBytes(24).toString('base64url');
  const { promise: leaving, resolve: leave } = Promise.withResolvers<void>();
  const server = hostServer(host, token, leave);
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => leave());
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  // Before anybody can ask for a process: what runs must be adopted, not started beside itself.
  const restored = host.restore();
  writeWhole(home.hostFile, JSON.stringify(hostFile(id, token, (server.address() as AddressInfo).port)));
  const removed = watchHome(home, id, host, emit);
  await Promise.race([leaving, removed.promise, restored.then(() => leaving)]);
  removed.end();
  // Somebody removed the home by hand: nothing of it may go on, or the next host of this path would meet it.
  if (removed.is()) {
    await host.down();
    if (!existsSync(home.path)) removeOutsideOf(id);
  }
  host.release();
  forget(home);
  server.close();
  server.closeAllConnections();
  lock.close();
  return true;
}

/** Looks whether the home still says that this host is its host, and where it is. */
function watchHome(home: HomePaths, id: string, host: Host, emit: (event: HostEvent) => void) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let removed = false;
  let path = home.path;
  const timer = setInterval(() => {
    try {
      removed = !isHostOf(home);
      if (removed) return resolve();
      rotate(join(home.logs, 'host.log'));
      if (home.path === path && existsSync(home.markFile)) return;
      const from = path;
      path = home.path;
      const now = homeStanding(home);
      mark(home, { ...(now.kind === 'new' ? {} : now.mark), id });
      if (from !== path) void follow(host, from, path, emit);
    } catch (error) {
      emit({ code: 'home-unreadable', name: 'host', text: (error as Error).message });
    }
  }, homeEveryMs);
  return { promise, is: () => removed, end: () => clearInterval(timer) };
}

async function follow(host: Host, from: string, to: string, emit: (event: HostEvent) => void): Promise<void> {
  emit({ code: 'home-moved', name: 'host', text: `from ${from} to ${to}` });
  await host.relocate(from, to);
}

/** The file is read as it is: its mark may have been removed by hand, and is written again then. */
function isHostOf(home: HomePaths): boolean {
  return existsSync(home.markFile) ? livingHost(home)?.pid === process.pid : existsSync(home.hostFile);
}

function hostFile(home: string, token: string, port: number): HostFile {
  const identity = identify(process.pid);
  if (identity === null) throw new Error('/proc does not show this process');
  return {
    pid: identity.pid,
    started: identity.ticks,
    boot: identity.boot,
    home,
    url: `http://127.0.0.1:${port}`,
    token,
    version: hostVersion(process.execPath),
  };
}

/** Takes the file away, unless a next host has written its own. */
function forget(home: HomePaths): void {
  if (livingHost(home)?.pid === process.pid) rmSync(home.hostFile, { force: true });
}

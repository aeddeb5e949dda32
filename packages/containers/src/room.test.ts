import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import type { EngineCalls } from './calls.ts';
import { engineRoom } from './room.ts';

const engine = (host: string, DockerRootDir: string) =>
  ({ host, json: async () => ({ DockerRootDir }) }) as unknown as EngineCalls;

it('the room of an engine is that of its directory, where that is on this machine', async () => {
  const room = await engineRoom(engine('unix:///var/run/docker.sock', tmpdir()), 'loopback');
  expect(room?.totalBytes).toBeGreaterThan(0);
  expect(room?.path).toBe(tmpdir());
  expect(await engineRoom(engine('unix:///desktop.sock', '/nowhere/docker'), 'loopback')).toBeNull();
  expect(await engineRoom(engine('tcp://elsewhere:2375', tmpdir()), 'loopback')).toBeNull();
});

it('who runs in a container of the engine stands on its disk, wherever its directory is', async () => {
  const room = await engineRoom(engine('unix:///var/run/docker.sock', '/nowhere/docker'), 'network');
  expect(room?.totalBytes).toBeGreaterThan(0);
  expect(room?.path).toBe('/nowhere/docker');
});

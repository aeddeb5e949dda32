import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, it } from 'vitest';
import type { Host } from './host.ts';
import { pickPort } from './ports.ts';
import { takesConnections } from './postgres.ts';
import { hostServer } from './server.ts';

it('a call that the host does not know is named', async () => {
  const server = hostServer({ isLeaving: false } as Host, 'secret', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked = async (method: string, path: string, token = 'secret') => {
    const headers = { authorization: `Bearer ${token}`, connection: 'close' };
    const answer = await fetch(`${url}${path}`, { method, headers });
    return { status: answer.status, ...((await answer.json()) as object) };
  };
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['POST', '/processes/edge'],
    ['PUT', '/processes/a/b'],
  ] as const)
    expect(await asked(method, path)).toMatchObject({
      status: 404,
      error: { code: 'no-such-call', message: `${method} ${path}` },
    });
  expect(await asked('GET', '/nothing', 'other')).toMatchObject({ status: 401, error: { code: 'no-token' } });
  server.close();
});

it('where all ports near the wished one are promised to others it says so', async () => {
  const taken = new Set(Array.from({ length: 201 }, (_, index) => 20_100 + index));
  await expect(pickPort(20_100, null, taken)).rejects.toMatchObject({
    code: 'no-free-port',
    message: 'no port from 20100 to 20300 is free on 127.0.0.1',
    hint: expect.stringContaining('declare another port'),
  });
});

it('a port is not lost to somebody who only looks whether it is free', async () => {
  const look = createServer().listen(0, '127.0.0.1');
  await once(look, 'listening');
  const { port } = look.address() as AddressInfo;
  const picked = pickPort(20_100, port, new Set());
  setImmediate(() => look.close());
  expect(await picked).toBe(port);
});

it('who lost a port begins elsewhere among the same ones, and reaches them all', async () => {
  const free = [20_100, 20_250];
  const taken = new Set(
    Array.from({ length: 201 }, (_, index) => 20_100 + index).filter((port) => !free.includes(port)),
  );
  for (const [from, port] of [
    [0, 20_100],
    [1, 20_250],
    [150, 20_250],
    [151, 20_100],
  ] as const)
    expect(await pickPort(20_100, null, taken, from)).toBe(port);
  expect(await pickPort(20_100, 20_250, taken, 0)).toBe(20_250);
});

it('a Postgres that accepts no connections in time is told with where its log is', async () => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  await once(closed, 'close');
  await expect(takesConnections(`postgres://soundbite:x@127.0.0.1:${port}/soundbite`, 0)).rejects.toMatchObject({
    code: 'postgres-failed',
    message: expect.stringContaining('Postgres accepts no connections'),
    hint: expect.stringContaining('log of postgres'),
  });
});

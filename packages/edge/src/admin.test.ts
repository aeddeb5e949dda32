import { EventEmitter, once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { adminServer } from './admin.ts';
import type { LocalEdge } from './edge.ts';
import { listenNear } from './listen.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function asked(path: string, headers: Readonly<Record<string, string>> = {}) {
  const server = adminServer({ lost: () => 0 } as unknown as LocalEdge, 'secret');
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authorization = 'Bearer secret';
  const sent = request({ host: '127.0.0.1', port, path, headers: { authorization, connection: 'close', ...headers } });
  sent.end();
  const [response] = await once(sent, 'response');
  const { error } = JSON.parse(Buffer.concat(await response.toArray()).toString('utf8'));
  return { status: response.statusCode, code: error.code, message: error.message };
}

it('what the edge does not know is said by its name, also to who names another machine', async () => {
  expect(await asked('/nothing')).toEqual({ status: 404, code: 'no-such-call', message: 'GET /nothing' });
  const host = 'edge.example';
  expect(await asked('/routes', { host })).toMatchObject({ status: 421, code: 'no-such-call' });
  expect(await asked('/routes', { authorization: 'Bearer other' })).toMatchObject({ status: 401, code: 'no-token' });
});

it('where no port near the wished one is free it says which were tried', async () => {
  const tried: number[] = [];
  const full = Object.assign(new EventEmitter(), {
    listen({ port }: { port: number }) {
      tried.push(port);
      setImmediate(() => full.emit('error', Object.assign(new Error('in use'), { code: 'EADDRINUSE' })));
    },
  });
  await expect(listenNear(full as unknown as Server, 8101, 9000)).rejects.toMatchObject({
    code: 'no-free-port',
    message: 'no port from 8101 to 8301 is free on 127.0.0.1',
  });
  expect(tried).toEqual([9000, ...Array.from({ length: 201 }, (_, index) => 8101 + index)]);
  const server = createServer();
  servers.push(server);
  expect(await listenNear(server, 20_000, null)).toBeGreaterThanOrEqual(20_000);
});

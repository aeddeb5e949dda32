import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { edgeClient } from './client.ts';

let server: Server;
let asked: string[];
let edge: ReturnType<typeof edgeClient>;
beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.method ?? '');
    response.end(JSON.stringify([{ environment: `answer ${asked.length}` }]));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  edge = edgeClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'token');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const named = async () => (await edge.routes())[0]?.environment;

it('all who ask for the routes while they are read share one answer; who asks after it reads anew', async () => {
  expect(await Promise.all([named(), named(), named()])).toEqual(Array(3).fill('answer 1'));
  expect(await named()).toBe('answer 2');
});

it('who has changed a route is told of nothing that was read before', async () => {
  const early = named();
  await edge.removeRoute('staging');
  const late = named();
  expect([await early, await late]).toEqual([expect.any(String), `answer ${asked.length}`]);
  expect(asked.filter((method) => method === 'GET')).toHaveLength(2);
});

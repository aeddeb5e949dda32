import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { send } from './transport.ts';

const silentMs = 500;
let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

/** A control plane that needs `afterMs` for an answer, and says meanwhile that it lives if it `lives`. */
async function controlPlane({ lives, afterMs }: { lives: boolean; afterMs: number }) {
  server = createServer((request, response) => {
    if (request.url !== '/health') setTimeout(() => response.end('{}'), afterMs);
    else if (lives) response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async () => ({ url, token: 't' });
}

it('a control plane that was stopped is told, instead of being waited for', async () => {
  const locate = await controlPlane({ lives: false, afterMs: 60_000 });
  await expect(send(locate, { method: 'GET', path: '/v1/status' }, silentMs)).rejects.toMatchObject({
    code: 'control-plane-down',
    message: expect.stringMatching(/lives, but does not answer$/),
    hint: expect.stringContaining('SIGSTOP'),
  });
});

it('one that takes its time is waited for as long as it says that it lives', async () => {
  const locate = await controlPlane({ lives: true, afterMs: 3 * silentMs });
  expect((await send(locate, { method: 'GET', path: '/v1/status' }, silentMs)).status).toBe(200);
});

it('what changes something is waited for: silence does not tell whether it arrived', async () => {
  const locate = await controlPlane({ lives: false, afterMs: 3 * silentMs });
  expect((await send(locate, { method: 'POST', path: '/v1/up', body: {} }, silentMs)).status).toBe(200);
});

it('who goes away himself hears of that, and of nothing else', async () => {
  const locate = await controlPlane({ lives: false, afterMs: 60_000 });
  const signal = AbortSignal.timeout(silentMs / 2);
  await expect(send(locate, { method: 'GET', path: '/v1/status', signal }, silentMs)).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

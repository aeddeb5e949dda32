import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { LogLine } from './schemas.ts';
import { lines, send } from './transport.ts';

const silentMs = 400;
const said: string[] = [];
let server: Server;
afterEach(() => {
  said.length = 0;
  server.close();
  server.closeAllConnections();
});

/** A control plane that needs `afterMs` for an answer, and says meanwhile that it lives if it `lives`. */
async function controlPlane({ lives, afterMs, says }: { lives: boolean; afterMs: number; says?: string }) {
  server = createServer((request, response) => {
    if (request.url === '/health') return void (lives && response.end('{}'));
    if (says) response.write(says);
    setTimeout(() => response.end('{}'), afterMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { locate: async () => ({ url, token: 't' }), silentMs, onSilent: (text: string) => said.push(text) };
}

it('a control plane that was stopped is told, instead of being waited for', async () => {
  const link = await controlPlane({ lives: false, afterMs: 60_000 });
  await expect(send(link, { method: 'GET', path: '/v1/status' })).rejects.toMatchObject({
    code: 'control-plane-down',
    message: expect.stringMatching(/is running but does not answer$/),
    hint: expect.stringContaining('SIGSTOP'),
  });
});

it('one that takes its time is waited for as long as it says that it lives', async () => {
  const link = await controlPlane({ lives: true, afterMs: 3 * silentMs });
  expect((await send(link, { method: 'GET', path: '/v1/status' })).status).toBe(200);
});

it('what changes something is waited for: silence does not tell whether it arrived, and is said once', async () => {
  const link = await controlPlane({ lives: false, afterMs: 4 * silentMs });
  expect((await send(link, { method: 'POST', path: '/v1/up', body: {} })).status).toBe(200);
  expect(said).toEqual([
    expect.stringMatching(/does not answer; still waiting, since the request may have reached it/),
  ]);
});

it('one that lives is not said to be silent, whatever it is asked for', async () => {
  const link = await controlPlane({ lives: true, afterMs: 2 * silentMs });
  expect((await send(link, { method: 'POST', path: '/v1/up', body: {} })).status).toBe(200);
  expect(said).toEqual([]);
});

it('lines that stop coming from one that was stopped are a broken connection', async () => {
  const link = await controlPlane({ lives: false, afterMs: 60_000, says: '\n' });
  const reading = (async () => {
    for await (const _ of lines(link, { method: 'GET', path: '/v1/logs' }, LogLine));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'connection-lost', hint: expect.stringContaining('SIGSTOP') });
});

it('who goes away himself hears of that, and of nothing else', async () => {
  const link = await controlPlane({ lives: false, afterMs: 60_000 });
  const signal = AbortSignal.timeout(silentMs / 2);
  await expect(send(link, { method: 'GET', path: '/v1/status', signal })).rejects.toMatchObject({
    name: 'TimeoutError',
  });
});

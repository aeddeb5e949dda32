import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { connect } from './client.ts';

/** Longer than the patience of the clients. */
const longMs = 300;

/** Node's own `fetch` gives up an answer after five silent minutes; here after 200 ms, which it notices after a second. */
const noticedAfterMs = 1_300;
const dispatchers = ['1', '2'].map((version) => Symbol.for(`undici.globalDispatcher.${version}`));
const globals = globalThis as unknown as Record<symbol, object | undefined>;
const usual = new Map<symbol, object>();
beforeAll(async () => {
  await fetch('data:,');
  for (const name of dispatchers) {
    const found = globals[name];
    if (!found) continue;
    usual.set(name, found);
    const Agent = found.constructor as new (limits: object) => object;
    globals[name] = new Agent({ headersTimeout: 200, bodyTimeout: 200 });
  }
});
afterAll(() => {
  for (const [name, found] of usual) globals[name] = found;
});

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

type Answer = (request: IncomingMessage, response: ServerResponse, asked: number) => unknown;

/** Answers /health at once, everything else by `answer`, which is told how often that was asked before. */
async function client(answer: Answer, options: { patienceMs?: number } = {}) {
  let asked = 0;
  server = createServer((request, response) => {
    if (request.url === '/health') response.end('{"ok":true}');
    else void answer(request, response, asked++);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return connect({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't' }, options);
}

const line = (text: string) => `${JSON.stringify({ at: '2026-01-02T03:04:05.000Z', source: 'api', text })}\n`;

it('an answer and the next line are waited for, however long they take; empty lines are none', async () => {
  const { bootstrap, logs } = await client(async ({ method }, response) => {
    if (method === 'GET') response.write(line('first'));
    await pause(noticedAfterMs);
    response.end(
      method === 'GET' ? `\n\n${line('second')}` : '{"environment":"staging","changed":true,"release":null,"added":[]}',
    );
  });
  const prepared = bootstrap('staging');
  const found: string[] = [];
  for await (const { text } of logs('staging', { sinceMs: 0, follow: false })) found.push(text);
  expect(found).toEqual(['first', 'second']);
  expect(await prepared).toEqual({ environment: 'staging', changed: true, release: null, added: [] });
});

it('following outlasts a break after a silence that is longer than its patience', async () => {
  const enough = new AbortController();
  const { logs } = await client(
    async (_, response, asked) => {
      response.write(asked === 0 ? '\n' : line('after the break'));
      await pause(longMs);
      response.destroy();
    },
    { patienceMs: 200 },
  );
  const found: string[] = [];
  const following = (async () => {
    for await (const { text } of logs('staging', { sinceMs: 0, follow: true, signal: enough.signal })) {
      found.push(text);
      enough.abort(new Error('enough'));
    }
  })();
  await expect(following).rejects.toThrow('enough');
  expect(found).toEqual(['after the break']);
});

it('what goes wrong on the way of a stream is said as it is', async () => {
  const { logs } = await client((_, response) => {
    response.end(
      `${line('first')}{"error":{"code":"cloud-down","message":"no answer","hint":"wait","source":"system"}}\n`,
    );
  });
  const reading = (async () => {
    for await (const _ of logs('staging', { sinceMs: 0, follow: false }));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'cloud-down', message: 'no answer', hint: 'wait' });
});

it('up is asked for again when the connection broke after a long silence', async () => {
  const { up } = await client(
    async (_, response, asked) => {
      if (asked > 0) return response.end('{"error":{"code":"x","message":"the end","hint":"none"}}\n');
      response.write('\n');
      await pause(longMs);
      return response.destroy();
    },
    { patienceMs: 200 },
  );
  const lines = [];
  for await (const one of up({ promote: false })) lines.push(one);
  expect(lines).toMatchObject([{ error: { message: 'the end' } }]);
});

it('what is the same when it is asked twice is asked again when the connection broke', async () => {
  const bodies: unknown[] = [];
  const { destroy, bootstrap, cut } = await client(
    async (request, response, asked) => {
      bodies.push(await new Response(request as never).text());
      await pause(longMs);
      if (asked % 2 === 0) return response.destroy();
      const answer = { environment: 'staging', changed: false, destroyed: true, release: null, added: [] };
      return response.end(JSON.stringify(answer));
    },
    { patienceMs: 200 },
  );
  expect(await bootstrap('staging')).toMatchObject({ changed: false });
  expect(await destroy('staging', 'staging')).toMatchObject({ destroyed: true });
  const [first, second] = bodies.slice(2);
  expect(second).toBe(first);
  expect(JSON.parse(String(first))).toMatchObject({ confirm: 'staging', idempotencyKey: expect.any(String) });
  await expect(cut()).rejects.toMatchObject({ code: 'answer-unexpected' });
});

import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError, ask, askLines } from './api.ts';
import { presentTime } from './parts/present.ts';

afterEach(() => void vi.unstubAllGlobals());

/** A control plane that answers so, and what it was asked. */
function answering(answer: () => Response | Promise<Response>) {
  const fetched = vi.fn<typeof fetch>(async () => answer());
  vi.stubGlobal('fetch', fetched);
  return () => fetched.mock.calls.map(([url, init]) => ({ url: String(url), ...init }));
}

const caught = (promise: Promise<unknown>) => promise.then(() => null).catch((error: unknown) => error);

describe('a question of the page', () => {
  it('is asked by its route, with the parts of the path, query and body where they belong, and by the cookie alone', async () => {
    const asked = answering(() => Response.json({}));
    await ask('GET /v1/environments/{name}', { path: { name: 'a/b?c' } });
    await ask('GET /v1/promotions', { query: { environment: 'live', limit: 5 } });
    await ask('POST /v1/promotions/{id}/abort', { path: { id: 'p-1' }, body: { reason: 'wrong' } });
    const [part, query, change] = asked();
    expect(part).toMatchObject({ url: '/v1/environments/a%2Fb%3Fc', method: 'GET', credentials: 'same-origin' });
    expect(part).not.toHaveProperty('body');
    expect(query).toMatchObject({ url: '/v1/promotions?environment=live&limit=5' });
    expect(change).toMatchObject({ url: '/v1/promotions/p-1/abort', method: 'POST', body: '{"reason":"wrong"}' });
    expect(change?.headers).toEqual({ 'content-type': 'application/json' });
  });

  it('tells what time it is by the control plane, also where it refuses', async () => {
    const later = Date.now() + 7_200_000;
    answering(() => Response.json({}, { status: 403, headers: { date: new Date(later).toUTCString() } }));
    await caught(ask('GET /v1/status'));
    expect(Math.abs(presentTime() - later)).toBeLessThan(3_000);
    answering(() => Response.json({}, { headers: { date: new Date().toUTCString() } }));
    await ask('GET /v1/status');
    expect(Math.abs(presentTime() - Date.now())).toBeLessThan(10);
  });

  it('of a kind that is not in the contract is none', () => {
    const wrong = () => [
      // @ts-expect-error: no such route
      ask('GET /v1/nothing'),
      // @ts-expect-error: the path has a part
      ask('GET /v1/environments/{name}'),
      // @ts-expect-error: the body lacks what it must have
      ask('POST /v1/environments/{name}/freezes', { path: { name: 'a' }, body: {} }),
      // @ts-expect-error: this one takes no query
      ask('GET /v1/environments', { query: { a: 'b' } }),
      // @ts-expect-error: lines are no document
      ask('POST /v1/up', { body: {} }),
    ];
    expect(wrong).toBeTypeOf('function');
  });

  it('fails with what the control plane says, or with what it means that it says nothing', async () => {
    const said = { code: 'forbidden', message: 'you may look', hint: 'ask an admin' };
    answering(() => Response.json({ error: said }, { status: 403 }));
    expect(await caught(ask('GET /v1/status'))).toMatchObject({ ...said, status: 403, name: 'ApiError' });
    answering(() => new Response('<p>gateway</p>', { status: 502 }));
    expect(await caught(ask('GET /v1/status'))).toMatchObject({ code: 'answer-unexpected', status: 502 });
    answering(() => new Response('<p>page</p>'));
    expect(await caught(ask('GET /v1/status'))).toMatchObject({ code: 'answer-unexpected' });
    answering(() => Promise.reject(new TypeError('failed to fetch')));
    expect(await caught(ask('GET /v1/status'))).toMatchObject({ code: 'control-plane-down', status: 0 });
  });

  it('that was given up fails with the reason for that', async () => {
    const gone = new AbortController();
    answering(() => {
      gone.abort('left');
      return Promise.reject(new TypeError('aborted'));
    });
    expect(await caught(ask('GET /v1/status', { signal: gone.signal }))).toBe('left');
  });
});

describe('lines', () => {
  const streamed = (...chunks: string[]) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(stream) {
          for (const chunk of chunks) stream.enqueue(new TextEncoder().encode(chunk));
          stream.close();
        },
      }),
    );
  const logs = () =>
    askLines('GET /v1/environments/{name}/logs', { path: { name: 'live' }, query: { follow: 'true' } });

  it('come one by one, however they are cut, and heartbeats are none', async () => {
    answering(() => streamed('{"a":1}\n\n{"b"', ':"ü"}\n', '{"c":3}'));
    const read: unknown[] = [];
    for await (const line of logs()) read.push(line);
    expect(read).toEqual([{ a: 1 }, { b: 'ü' }, { c: 3 }]);
  });

  it('end with the error that the control plane says in their middle', async () => {
    answering(() => streamed('{"a":1}\n{"error":{"code":"database-down","message":"gone","hint":"wait"}}\n'));
    const lines = logs();
    await lines.next();
    const error = await caught(lines.next());
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'database-down', hint: 'wait' });
  });

  it('that nobody reads any more end their request', async () => {
    const cancelled = vi.fn();
    answering(
      () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: (stream) => stream.enqueue(new TextEncoder().encode('{}\n')),
            cancel: cancelled,
          }),
        ),
    );
    for await (const _line of logs()) break;
    expect(cancelled).toHaveBeenCalledOnce();
  });
});

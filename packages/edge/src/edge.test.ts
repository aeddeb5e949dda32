import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { EdgeUpstream } from '@soundbite/model';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { LocalEdge } from './edge.ts';
import type { EdgeEvent } from './events.ts';
import type { Upstream } from './testing.ts';
import {
  call,
  freePort,
  http,
  releaseOfDigit,
  routeTo,
  startUpstream,
  temporaryDirectory,
  until,
  upstreams,
} from './testing.ts';

const home = temporaryDirectory();
const events: EdgeEvent[] = [];
const edge = new LocalEdge({ home: home.path, emit: (event) => void events.push(event), patienceMs: 1_500 });
const { start, gone, end } = upstreams();
let port = 0;
let url = '';

beforeAll(async () => {
  port = await freePort();
  ({ url } = await edge.setRoute(routeTo(port, [])));
});
afterEach(async () => {
  await end();
  expect(events.splice(0)).toEqual([]);
});
afterAll(async () => {
  await edge.close();
  home.end();
});

const set = (...upstreams: EdgeUpstream[]) => edge.setRoute(routeTo(port, upstreams));
const gateway = (upstream: Upstream): EdgeUpstream => ({
  kind: 'gateway',
  url: `${upstream.url}/_aws/execute-api/abc123/$default`,
  release: upstream.release,
  share: 1,
});
const pin = (digit: string) => ({ 'x-soundbite-pin': releaseOfDigit(digit) });

describe('an environment’s edge', () => {
  it('answers 503 and when to come again while it is empty', async () => {
    await set();
    const { status, headers, text } = await call(url, '/version');
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(text)).toMatchObject({ status: 503, title: 'Service Unavailable' });
  });

  it('passes on path, query, body, status and headers, but not those of the connection', async () => {
    const a = await start('a', (incoming, response) => {
      response.writeHead(
        418,
        [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['keep-alive', 'timeout=1'],
          ['x-soundbite-release', releaseOfDigit('a')],
        ].flat(),
      );
      incoming.pipe(response);
    });
    await set(http(a, 1));
    const body = Buffer.alloc(300_000, 'x');
    const headers = { connection: 'x-mine', 'x-mine': '1', te: 'trailers', 'x-request-id': 'mine-1', 'x-other': '2' };
    const answer = await call(url, '/a%20b?c=d', { method: 'POST', body, headers });
    expect(answer.status).toBe(418);
    expect(answer.text.length).toBe(300_000);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers['keep-alive']).not.toBe('timeout=1');
    expect(answer.headers['x-request-id']).toBe('mine-1');
    expect(a.seen[0]?.url).toBe('/a%20b?c=d');
    expect(a.seen[0]?.headers).toMatchObject({
      'x-request-id': 'mine-1',
      'x-other': '2',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': new URL(url).host,
      'x-forwarded-proto': 'http',
    });
    expect(Object.keys(a.seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['x-mine']));
    expect(Object.keys(a.seen[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(['te']));
  });

  it('passes on cookies, but not those by which a browser asks the control plane: cookies know no ports', async () => {
    const a = await start('a');
    await set(http(a, 1));
    for (const cookie of [
      'mine=1; soundbite-page-0a1b=secret; b=2',
      'soundbite-page-0a1b=secret',
      'mine=soundbite-page-',
    ])
      await call(url, '/', { headers: { cookie } });
    expect(a.seen.map(({ headers }) => headers.cookie)).toEqual(['mine=1; b=2', undefined, 'mine=soundbite-page-']);
  });

  it('shares requests out by weight', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await set(http(a, 0.1), http(b, 0.9));
    const agent = new Agent({ keepAlive: true });
    const n = 600;
    for (let i = 0; i < n; i += 1) expect((await call(url, '/', { agent })).status).toBe(200);
    agent.destroy();
    expect(Math.abs(a.seen.length - n * 0.1)).toBeLessThan(5 * Math.sqrt(n * 0.1 * 0.9));
    expect(b.seen.length).toBe(n - a.seen.length);
  });

  it('sends a pinned request to its release, also at share 0, and refuses an unknown one', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await set(http(a, 1), http(b, 0));
    expect(JSON.parse((await call(url, '/', { headers: pin('b') })).text).digit).toBe('b');
    expect((await call(url, '/', { headers: pin('c') })).status).toBe(421);
    expect((await call(url, '/', { headers: { 'x-soundbite-pin': 'b' } })).status).toBe(400);
    expect(b.seen[0]?.headers['x-soundbite-pin']).toBeUndefined();
  });

  it('lets the mark of a rehearsal through with a pin only', async () => {
    const a = await start('a');
    await set(http(a, 1));
    await call(url, '/', { headers: { 'x-soundbite-rehearsal': 't' } });
    await call(url, '/', { headers: { 'x-soundbite-rehearsal': 't', ...pin('a') } });
    expect(a.seen.map(({ headers }) => headers['x-soundbite-rehearsal'])).toEqual([undefined, 't']);
  });

  it('turns to a living upstream when one refuses, for any method', async () => {
    const [a, dead] = [await start('a'), await gone('d')];
    await set(http(a, 0.01), http(dead, 0.99));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => call(url, '/', { method: i % 2 ? 'POST' : 'GET', body: i % 2 ? 'x' : '' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(a.seen.filter(({ method }) => method === 'POST')).toHaveLength(10);
  });

  it('waits for an upstream that is being started again', async () => {
    const again = await start('a');
    await again.close();
    await set(http(again, 1));
    const answer = call(url, '/', { method: 'POST', body: 'hello' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await start('a', undefined, Number(new URL(again.url).port));
    expect(await answer).toMatchObject({ status: 200 });
    expect(JSON.parse((await answer).text).bytes).toBe(5);
  });

  it('repeats a GET whose upstream broke off, and never a POST', async () => {
    let broken = 0;
    const a = await start('a', (incoming, response) => {
      if (broken++ % 2 === 0) incoming.socket.destroy();
      else response.end('ok');
    });
    await set(http(a, 1));
    expect((await call(url, '/')).text).toBe('ok');
    expect(a.seen).toHaveLength(2);
    expect((await call(url, '/', { method: 'POST', body: 'x' })).status).toBe(502);
    expect(a.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('never doubles a POST whose upstream dies while reading it', async () => {
    let posts = 0;
    const a = await start('a', (incoming) => {
      posts += 1;
      incoming.once('data', () => incoming.socket.resetAndDestroy());
    });
    await set(http(a, 1));
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call(url, '/', { method: 'POST', body: Buffer.alloc(100_000) })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 502));
    expect(posts).toBe(20);
  });

  it('gives up on one that stays away, and says so', async () => {
    const dead = await gone('d');
    await set(http(dead, 1));
    const { status, headers } = await call(url, '/');
    expect(status).toBe(502);
    expect(headers['retry-after']).toBe('1');
  });

  it('follows a switch while a request waits', async () => {
    const [a, dead] = [await start('a'), await gone('d')];
    await set(http(dead, 1));
    const waiting = call(url, '/');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await set(http(a, 1));
    expect(JSON.parse((await waiting).text).digit).toBe('a');
  });

  it('lets a request in flight end on the old release after a switch', async () => {
    let finish = () => {};
    const old = await start('a', (_, response) => {
      response.write('begun ');
      finish = () => response.end('done');
    });
    const next = await start('b');
    await set(http(old, 1));
    const inFlight = call(url, '/');
    await until(() => old.seen.length === 1);
    await set(http(next, 1));
    expect(JSON.parse((await call(url, '/')).text).digit).toBe('b');
    finish();
    expect((await inFlight).text).toBe('begun done');
  });

  it('a client that polls through 50 switches sees no failed request', async () => {
    let current = await start('0');
    await set(http(current, 1));
    let polling = true;
    const statuses: number[] = [];
    const poll = async (agent: Agent, method: string) => {
      while (polling)
        statuses.push((await call(url, '/', { agent, method, body: method === 'POST' ? 'x' : '' })).status);
      agent.destroy();
    };
    const clients = [
      poll(new Agent({ keepAlive: true }), 'GET'),
      poll(new Agent(), 'GET'),
      poll(new Agent({ keepAlive: true }), 'POST'),
    ];
    for (let i = 1; i <= 50; i += 1) {
      const before = current;
      current = await startUpstream((i % 10).toString());
      const seen = statuses.length;
      await set(http(current, 1), http(before, 0));
      await until(() => statuses.length > seen + 3);
      await set(http(current, 1));
      // As a process that is told to stop: nothing new, what is in flight ends.
      await new Promise((resolve) => before.server.close(resolve));
    }
    polling = false;
    await Promise.all(clients);
    await current.close();
    expect(statuses.length).toBeGreaterThan(100);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it('refuses dot segments', async () => {
    const a = await start('a');
    await set(gateway(a));
    for (const path of ['/../../../_ministack/reset', '/%2e%2e/%2e%2e/x', '/a%2f..%2f..%2fx']) {
      expect((await call(url, path, { method: 'POST' })).status).toBe(400);
    }
    expect(a.seen).toHaveLength(0);
  });

  it('ends the upstream’s work when its client goes away, and records it', async () => {
    let aborted = false;
    const a = await start('a', (_, response) => {
      response.write('begun');
      response.on('close', () => {
        aborted = true;
      });
    });
    await set(http(a, 1));
    const since = { time: Date.now() };
    const client = request(`${url}/slow`);
    client.on('error', () => undefined);
    client.end();
    await once(client, 'response');
    client.destroy();
    await until(() => aborted);
    await until(async () =>
      (await edge.requests('staging', since)).records.some((r) => r.route === '/slow' && r.status === 499),
    );
  });

  it('waits for a slow client’s body, and tells a cut-off answer from a whole one', async () => {
    const a = await start('a');
    await set(http(a, 1));
    const slow = request(`${url}/slow-body`, { method: 'POST' });
    const answered = once(slow, 'response');
    for (let i = 0; i < 5; i += 1) {
      slow.write('12345');
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    slow.end();
    const [response] = await answered;
    expect(response.statusCode).toBe(200);
    response.resume();

    const cut = await start('b', (incoming, out) => {
      out.writeHead(200, { 'content-length': '100' });
      out.write('part', () => incoming.socket.destroy());
    });
    await set(http(cut, 1));
    const since = { time: Date.now() };
    await expect(call(url, '/cut')).rejects.toThrow();
    await until(async () =>
      (await edge.requests('staging', since)).records.some((r) => r.route === '/cut' && r.status === 502),
    );
  });

  it('answers what is no HTTP by a problem', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.end('BLAH\r\n\r\n');
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 400[\s\S]*application\/problem\+json/);
  });

  it('records each request once', async () => {
    const a = await start('a', (_, response) => {
      response
        .writeHead(201, { 'x-soundbite-release': releaseOfDigit('a'), 'x-soundbite-executed-version': '7' })
        .end('x');
    });
    await set(http(a, 1));
    const since = { time: Date.now() };
    await call(url, '/orders/0193f3a0-7b5c-7c3e-9f00-0123456789ab?x=1');
    await call(url, '/', { headers: pin('a'), method: 'HEAD' });
    await until(async () => (await edge.requests('staging', since)).records.length >= 2);
    expect((await edge.requests('staging', since)).records).toMatchObject([
      {
        method: 'GET',
        route: '/orders/:id',
        status: 201,
        release: releaseOfDigit('a'),
        version: '7',
        pinned: false,
      },
      { method: 'HEAD', route: '/', status: 201, pinned: true },
    ]);
  });

  it('records whose process a request went to, also where the answer does not say it', async () => {
    await set(http(await start('a', (_, response) => void response.end('x')), 1));
    const since = { time: Date.now() };
    await call(url, '/');
    await until(async () => (await edge.requests('staging', since)).records.length >= 1);
    expect((await edge.requests('staging', since)).records).toMatchObject([{ release: releaseOfDigit('a') }]);
  });
});

describe('before a gateway', () => {
  it('puts the API’s prefix before the path', async () => {
    const a = await start('a');
    await set(gateway(a));
    await call(url, '/orders?x=1');
    expect(a.seen[0]?.url).toBe('/_aws/execute-api/abc123/$default/orders?x=1');
  });

  it('refuses a pin: there a version is pinned by Invoke', async () => {
    const a = await start('a');
    await set(gateway(a));
    const { status, text } = await call(url, '/', { headers: pin('a') });
    expect([status, text]).toEqual([421, expect.stringContaining('Invoke')]);
  });

  it('refuses a body over 10 MB, told or not', async () => {
    const a = await start('a');
    await set(gateway(a));
    const body = Buffer.alloc(10 * 1024 * 1024 + 1);
    expect((await call(url, '/', { method: 'POST', body })).status).toBe(413);
    expect(a.seen).toHaveLength(0);
    const headers = { 'transfer-encoding': 'chunked' };
    expect((await call(url, '/', { method: 'POST', body, headers })).status).toBe(413);
    const fits = body.subarray(1);
    expect((await call(url, '/', { method: 'POST', body: fits })).status).toBe(200);
  });

  it('hides what a crashed function said, and keeps what the service said', async () => {
    const a = await start('a', (incoming, response) => {
      if (incoming.url?.endsWith('/ours')) {
        response
          .writeHead(500, { 'content-type': 'text/plain', 'x-soundbite-release': releaseOfDigit('a') })
          .end('ours');
      } else if (incoming.url?.endsWith('/missing')) {
        response.writeHead(404, { 'x-soundbite-executed-version': '7' }).end('no such order');
      } else
        response
          .writeHead(502, { 'content-type': 'application/json', 'x-soundbite-executed-version': '7' })
          .end('{"message":"secret trace"}');
    });
    await set(gateway(a));
    const crashed = await call(url, '/crash');
    expect(crashed).toMatchObject({ status: 502, headers: { 'content-type': 'application/problem+json' } });
    expect(crashed.text).not.toContain('secret');
    expect(await call(url, '/ours')).toMatchObject({ status: 500, text: 'ours' });
    // It names no release, and a version of it has run.
    expect(await call(url, '/missing')).toMatchObject({ status: 404, text: 'no such order' });
  });
});

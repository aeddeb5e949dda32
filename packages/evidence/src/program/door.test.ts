import { once } from 'node:events';
import { connect } from 'node:net';
import type { PinnedRequest, PinnedResponse, Runtime, Target } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model';
import { afterEach, describe, expect, it } from 'vitest';
import { liveVersion, versionOnTrial } from '../version-on-trial.ts';
import { type Door, openDoor } from './door.ts';

const release = `sha256:${'a'.repeat(64)}` as const;
const target = {} as Target;

const doors: Door[] = [];
afterEach(async () => {
  for (const door of doors.splice(0)) await door.close();
});

const ok = (headers: Record<string, string> = {}, body = ''): PinnedResponse => ({
  status: 200,
  headers: { 'x-soundbite-release': release, ...headers },
  body: Buffer.from(body),
});

interface World {
  readonly request?: (request: PinnedRequest) => Promise<PinnedResponse>;
  readonly worker?: (event: unknown, withinMs: number) => Promise<unknown>;
  readonly remainingMs?: number;
}

async function opened({ request = async () => ok(), worker = async () => null, remainingMs = 60_000 }: World = {}) {
  const asked: PinnedRequest[] = [];
  const runtime = {
    request: (_target: Target, named: string, given: PinnedRequest) => {
      expect(named).toBe(release);
      asked.push(given);
      return request(given);
    },
    invoke: async (_target: Target, _release: string, component: string, event: unknown, withinMs: number) => {
      if (component === 'worker') return worker(event, withinMs);
      throw new SoundBiteError('component-unknown', `staging has no component ${component}; it has worker, api`);
    },
  } as unknown as Runtime;
  const version = versionOnTrial(runtime, target, release);
  const broken: unknown[] = [];
  const door = await openDoor({
    version,
    remainingMs: () => remainingMs,
    broken: (error) => broken.push(error),
  });
  doors.push(door);
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { 'x-soundbite-token': door.token, ...(init.headers as Record<string, string>) };
    const answer = await fetch(`${door.url}${path}`, { ...init, headers });
    return {
      status: answer.status,
      door: answer.headers.get('x-soundbite-door'),
      headers: answer.headers,
      text: await answer.text(),
    };
  };
  return { door, call, asked, broken, version };
}

describe('the door to a version', () => {
  it('passes a request on, pinned and marked as a rehearsal, with nothing that belongs to the connection or to SoundBite', async () => {
    const { call, asked, version } = await opened();
    expect(version.wasAsked).toBe(false);
    await call('/version-on-trial/a/b?x=1&y=%20', {
      method: 'PUT',
      body: 'ä',
      headers: {
        'content-type': 'text/plain',
        authorization: 'Bearer mine',
        'x-soundbite-rehearsal': 'mine',
        'x-soundbite-pin': 'other',
      },
    });
    expect(asked).toMatchObject([{ method: 'PUT', path: '/a/b?x=1&y=%20', body: 'ä', rehearsal: true }]);
    expect(asked[0]?.headers).toMatchObject({
      'content-type': 'text/plain',
      authorization: 'Bearer mine',
      'accept-encoding': 'identity',
    });
    expect(
      Object.keys(asked[0]?.headers ?? {}).filter((name) => /soundbite|host|connection|length/.test(name)),
    ).toEqual([]);
    expect(version.wasAsked).toBe(true);
  });

  it('passes bytes on as bytes, and no body where there is none', async () => {
    const { call, asked } = await opened();
    await call('/version-on-trial/', { method: 'POST', body: Buffer.from([0xff, 0x00]) });
    expect(asked[0]?.body).toEqual(Buffer.from([0xff, 0x00]));
    await call('/version-on-trial/', { method: 'DELETE' });
    expect(asked[1]).not.toHaveProperty('body');
  });

  it('answers what the version answers: status, headers, bytes; redirects are not followed', async () => {
    const body = Buffer.from([0, 255, 1]);
    const { call, door } = await opened({
      request: async ({ path }) =>
        path === '/moved'
          ? { status: 302, headers: { location: 'https://elsewhere.example/' }, body: Buffer.alloc(0) }
          : { status: 418, headers: { 'x-mine': '1', 'x-soundbite-door': 'forged', 'content-length': '99' }, body },
    });
    const answer = await fetch(`${door.url}/version-on-trial/`, { headers: { 'x-soundbite-token': door.token } });
    expect([answer.status, answer.headers.get('x-mine'), answer.headers.get('x-soundbite-door')]).toEqual([
      418,
      '1',
      null,
    ]);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(body);
    const moved = await call('/version-on-trial/moved', { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'https://elsewhere.example/']);
    expect((await call('/version-on-trial/', { method: 'HEAD' })).text).toBe('');
  });

  it('hands an event to a component, for as long as the program runs, and answers its answer', async () => {
    let given: unknown;
    const { call } = await opened({
      remainingMs: 10_000,
      worker: async (event, withinMs) => {
        given = { event, withinMs };
        return { batchItemFailures: [] };
      },
    });
    const answer = await call('/components/worker/invoke', { method: 'POST', body: '{"Records":[]}' });
    expect(answer).toMatchObject({ status: 200, door: null, text: '{"batchItemFailures":[]}' });
    expect(given).toEqual({ event: { Records: [] }, withinMs: 9_000 });
  });

  it.each<[string, string, RequestInit, number, string]>([
    ['without a token', '/version-on-trial/', { headers: { 'x-soundbite-token': '' } }, 401, 'token-wrong'],
    ['with another token', '/components/worker/invoke', { headers: { 'x-soundbite-token': 'x' } }, 401, 'token-wrong'],
    ['elsewhere', '/', {}, 404, 'path-unknown'],
    ['beside it', '/version-on-trialx/', {}, 404, 'path-unknown'],
    ['of no component', '/components/api/invoke', { method: 'POST', body: '{}' }, 404, 'component-unknown'],
    ['of a component, but not by POST', '/components/worker/invoke', {}, 405, 'method-unknown'],
    ['with an event that is not JSON', '/components/worker/invoke', { method: 'POST', body: '{' }, 400, 'event-wrong'],
    ['without an event', '/components/worker/invoke', { method: 'POST' }, 400, 'event-wrong'],
    ['with a path that is not UTF-8', '/version-on-trial/%E0%A4', {}, 400, 'path-wrong'],
    ['with 7 MB', '/version-on-trial/', { method: 'POST', body: 'x'.repeat(7_000_000) }, 413, 'body-too-large'],
  ])('refuses a request %s, and the version does not hear of it', async (_, path, init, status, why) => {
    const { call, asked, broken, version } = await opened();
    const answer = await call(path, init);
    expect(answer).toMatchObject({ status, door: why });
    expect(JSON.parse(answer.text)).toMatchObject({ error: why, message: expect.any(String) });
    expect([asked, broken, version.wasAsked]).toEqual([[], [], false]);
  });

  it('survives garbage and a program that hangs up', async () => {
    const { door, call, broken } = await opened();
    const { port } = new URL(door.url);
    for (const text of [
      '\0\0\0\r\n\r\n',
      `POST /version-on-trial/ HTTP/1.1\r\nhost: x\r\nx-soundbite-token: ${door.token}\r\ncontent-length: 9\r\n\r\nx`,
    ]) {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      await once(socket, 'connect');
      socket.write(text, () => socket.end());
      socket.resume();
      await once(socket, 'close');
    }
    expect((await call('/version-on-trial/')).status).toBe(200);
    expect(broken).toEqual([]);
  });

  it('does not pass on more than 32 requests at once', async () => {
    const open = Promise.withResolvers<PinnedResponse>();
    const { call, asked } = await opened({ request: () => open.promise });
    const calls = Array.from({ length: 32 }, () => call('/version-on-trial/'));
    await expect.poll(() => asked.length).toBe(32);
    expect(await call('/version-on-trial/')).toMatchObject({ status: 429, door: 'too-many-requests' });
    open.resolve(ok());
    expect((await Promise.all(calls)).every(({ status }) => status === 200)).toBe(true);
  });

  it.each<[string, () => Promise<PinnedResponse>, number, string, RegExp]>([
    [
      'is not there',
      () => Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') })),
      502,
      'version-broken',
      /fetch failed: connect ECONNREFUSED/,
    ],
    [
      'hangs',
      () => Promise.reject(new DOMException('x', 'TimeoutError')),
      504,
      'version-late',
      /did not answer in time/,
    ],
    ['has no status', async () => ({ ...ok(), status: Number.NaN }), 502, 'version-broken', /the status NaN/],
    ['has a header that is none', async () => ok({ 'x-a': 'b\nc' }), 502, 'version-broken', /is not HTTP/],
  ])('says so when the version %s', async (_, request, status, why, message) => {
    const { call, broken } = await opened({ request });
    const answer = await call('/version-on-trial/');
    expect(answer).toMatchObject({ status, door: why });
    expect(JSON.parse(answer.text).message).toMatch(message);
    expect(broken).toEqual([]);
  });

  it('hands an event to any component by its name, and says which there are; what is not there was not asked', async () => {
    const { call, version } = await opened({ worker: async (event) => event });
    const unknown = await call('/components/nobody/invoke', { method: 'POST', body: '{}' });
    expect(JSON.parse(unknown.text).message).toBe('staging has no component nobody; it has worker, api');
    expect(version.wasAsked).toBe(false);
    expect(await call('/components/worker/invoke', { method: 'POST', body: '{"a":1}' })).toMatchObject({
      text: '{"a":1}',
    });
    expect(version.wasAsked).toBe(true);
  });

  it('says so where nothing of the version speaks HTTP', async () => {
    const none = new SoundBiteError(
      'component-unknown',
      'staging has no component that an HTTP API leads to; it has worker',
    );
    const { call, broken, version } = await opened({ request: () => Promise.reject(none) });
    expect(await call('/version-on-trial/')).toMatchObject({ status: 404, door: 'component-unknown' });
    expect([broken, version.wasAsked]).toEqual([[], false]);
  });

  it('says why a component failed or was late, in its words', async () => {
    const errors = [
      new SoundBiteError('worker-failed', 'it failed: boom'),
      new SoundBiteError('invoke-late', 'no answer within 9 s'),
    ];
    const { call } = await opened({ worker: () => Promise.reject(errors.shift()) });
    const invoke = () => call('/components/worker/invoke', { method: 'POST', body: '{}' });
    expect(await invoke()).toMatchObject({
      status: 502,
      door: 'version-broken',
      text: expect.stringContaining('it failed: boom'),
    });
    expect(await invoke()).toMatchObject({
      status: 504,
      door: 'version-late',
      text: expect.stringContaining('within 9 s'),
    });
  });

  it('tells its owner of broken machinery, which is no word about the version', async () => {
    const down = new SoundBiteError('host-down', 'no host answers');
    const { call, broken } = await opened({ request: () => Promise.reject(down) });
    await expect(call('/version-on-trial/')).rejects.toThrow();
    expect(broken).toEqual([down]);
  });

  it('answers nobody after its end', async () => {
    const never = new Promise<PinnedResponse>(() => {});
    const { call, door, asked } = await opened({ request: () => never });
    const hanging = call('/version-on-trial/');
    hanging.catch(() => {});
    await expect.poll(() => asked.length).toBe(1);
    await door.close();
    await expect(hanging).rejects.toThrow('fetch failed');
    await expect(call('/version-on-trial/')).rejects.toThrow('fetch failed');
  });

  it('leads to the version that serves, too, where a program may compare the two: each by its own paths, both rehearsed', async () => {
    const serving = `sha256:${'b'.repeat(64)}` as const;
    const seen: unknown[] = [];
    const runtime = {
      request: async (_: Target, named: string, { path, rehearsal }: PinnedRequest) => {
        seen.push([named, path, rehearsal]);
        return { status: 200, headers: { 'x-soundbite-release': named }, body: Buffer.from(named) };
      },
      invoke: async (_: Target, named: string, component: string, event: unknown, _ms: number, as?: string) => {
        if (named === serving && component === 'added')
          throw new SoundBiteError('version-unknown', 'the live release has no such component');
        seen.push([named, component, event, as]);
        return { by: named };
      },
    } as unknown as Runtime;
    const version = versionOnTrial(runtime, target, release);
    const live = liveVersion(runtime, target, serving);
    const door = await openDoor({
      version,
      live,
      remainingMs: () => 60_000,
      broken: (error) => expect.fail(String(error)),
    });
    doors.push(door);
    const call = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(`${door.url}${path}`, { ...init, headers: { 'x-soundbite-token': door.token } });
      return `${answer.status} ${answer.headers.get('x-soundbite-door') ?? (await answer.text())}`;
    };
    expect(await call('/live-version/a')).toBe(`200 ${serving}`);
    expect(await call('/version-on-trial/a')).toBe(`200 ${release}`);
    const event = { method: 'POST', body: '{"a":1}' };
    expect(await call('/live-components/worker/invoke', event)).toBe(`200 {"by":"${serving}"}`);
    expect(await call('/components/worker/invoke', event)).toBe(`200 {"by":"${release}"}`);
    expect(await call('/live-components/added/invoke', event)).toBe('404 component-unknown');
    expect(seen).toEqual([
      [serving, '/a', true],
      [release, '/a', true],
      [serving, 'worker', { a: 1 }, undefined],
      [release, 'worker', { a: 1 }, undefined],
    ]);
  });

  it('hands a migration’s events on as such, and passes no request on, which would be a rehearsal', async () => {
    const seen: unknown[] = [];
    const runtime = {
      request: () => expect.fail('nobody is to be asked'),
      invoke: async (...given: unknown[]) => void seen.push(given.slice(2)),
    } as unknown as Runtime;
    const version = versionOnTrial(runtime, target, release, 'migration');
    const door = await openDoor({ version, onlyEvents: true, remainingMs: () => 10_000, broken: () => {} });
    doors.push(door);
    const headers = { 'x-soundbite-token': door.token };
    const asked = await fetch(`${door.url}/version-on-trial/`, { headers });
    expect([asked.status, await asked.json()]).toEqual([
      404,
      { error: 'path-unknown', message: 'the door has POST /components/<name>/invoke' },
    ]);
    expect(version.wasAsked).toBe(false);
    await fetch(`${door.url}/components/worker/invoke`, { method: 'POST', headers, body: '{"migrate":1}' });
    expect(seen).toEqual([['worker', { migrate: 1 }, 9_000, 'migration']]);
    for (const path of ['/live-version/', '/live-components/worker/invoke'])
      expect((await fetch(`${door.url}${path}`, { method: 'POST', headers, body: '{}' })).status).toBe(404);
  });
});

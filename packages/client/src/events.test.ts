import { get } from 'node:http';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Client, connect } from './client.ts';
import type { EventLine } from './schemas.ts';
import { type FakeControlPlane, startFake } from './testing/fake-control-plane.ts';
import { makeWorld } from './testing/fake-world.ts';

let plane: FakeControlPlane;
beforeEach(async () => {
  plane = await startFake(Object.assign(makeWorld(), { beatMs: 20 }));
});
afterEach(() => plane.stop());

const owner = () => connect(async () => ({ url: plane.url, token: plane.token }));

/** Something happens in an environment. */
const happens = (count = 1) => {
  for (let left = count; left > 0; left--) plane.world.events.environment('staging');
};

function reader(client: Client, after?: number) {
  const gone = new AbortController();
  const lines: EventLine[] = [];
  const ended = (async () => {
    for await (const line of client.events({ ...(after === undefined ? {} : { after }), signal: gone.signal }))
      lines.push(line);
  })();
  ended.catch(() => undefined);
  return {
    lines,
    ended,
    leave: () => gone.abort(),
    numbers: () => lines.flatMap((line) => ('subject' in line ? [line.sequence] : [])),
    others: () => lines.filter((line) => !('subject' in line)),
    heard: (count: number) => vi.waitFor(() => expect(lines.filter((line) => 'subject' in line)).toHaveLength(count)),
  };
}

describe('who follows events', () => {
  it('hears each once over restarts of the control plane, and what happened meanwhile', async () => {
    happens(3);
    const one = reader(owner(), 1);
    await one.heard(2);
    for (let restart = 0; restart < 4; restart++) {
      await plane.stop();
      happens(2);
      await plane.start();
      happens();
      await one.heard(2 + 3 * (restart + 1));
    }
    expect(one.numbers()).toEqual(Array.from({ length: 14 }, (_, index) => index + 2));
    expect(one.others()).toEqual([{ kind: 'begun', sequence: 1, reset: false }]);
    one.leave();
  });

  it('that asked for no number is told all of it, too, when it was cut off before anything happened', async () => {
    const one = reader(owner());
    await vi.waitFor(() => expect(one.lines).toHaveLength(1));
    await plane.stop();
    happens(2);
    await plane.start();
    await one.heard(2);
    expect(one.others()).toEqual([{ kind: 'begun', sequence: 0, reset: false }]);
    one.leave();
  });

  it('hears that all it knows is of another time, and goes on from there', async () => {
    happens(5);
    const one = reader(owner());
    await vi.waitFor(() => expect(one.lines).toHaveLength(1));
    await plane.stop();
    plane.world.events.all.splice(2);
    await plane.start();
    await vi.waitFor(() => expect(one.others()).toHaveLength(2));
    happens();
    await one.heard(1);
    expect(one.others()[1]).toEqual({ kind: 'begun', sequence: 2, reset: true });
    expect(one.numbers()).toEqual([3]);
    one.leave();
  });

  it('hears that the database is away when it comes back, and once that it is there again', async () => {
    const one = reader(owner());
    await vi.waitFor(() => expect(one.lines).toHaveLength(1));
    await plane.stop();
    plane.world.refusal = new SoundBiteError('database-down', 'the database does not answer');
    await plane.start();
    await vi.waitFor(
      () => expect(plane.requests.filter((asked) => asked.startsWith('GET /v1/events')).length).toBeGreaterThan(3),
      5_000,
    );
    happens(2);
    plane.world.refusal = null;
    await one.heard(2);
    const begun = { kind: 'begun', sequence: 0, reset: false };
    expect(one.others()).toEqual([begun, { kind: 'away', since: expect.stringMatching(/Z$/) }, begun]);
    one.leave();
  });

  it('leaves nothing behind when it goes', async () => {
    const readers = [1, 2, 3].map(() => reader(owner()));
    await vi.waitFor(() => expect(plane.world.events.readers()).toBe(3));
    for (const one of readers) one.leave();
    await vi.waitFor(() => expect(plane.world.events.readers()).toBe(0));
  });

  it('hears no more once the token is revoked, nor is anything asked for again; it was recorded once', async () => {
    const { token } = await owner().createToken({ name: 'ana', person: 'ana@example.com', role: 'viewer' });
    const one = reader(connect(async () => ({ url: plane.url, token })));
    const other = reader(owner());
    await vi.waitFor(() => expect(plane.world.events.readers()).toBe(2));
    // Asked many times by now whether it still may.
    await new Promise((resolve) => setTimeout(resolve, 100));
    happens();
    await one.heard(1);
    await owner().revokeToken('ana');
    await expect(one.ended).rejects.toMatchObject({ code: 'unauthorized' });
    await vi.waitFor(() => expect(plane.world.events.readers()).toBe(1));
    happens();
    await other.heard(2);
    expect(one.numbers()).toEqual([1]);
    const { accesses } = await owner().accesses({ actor: 'ana@example.com' });
    expect(accesses.map(({ operation }) => operation)).toEqual(['followEvents']);
    other.leave();
  });

  it('hears at once that nobody is there', async () => {
    const client = owner();
    await plane.stop();
    await expect(client.events().next()).rejects.toMatchObject({ code: 'control-plane-down' });
  });
});

it('who follows logs hears no more once the token is revoked', async () => {
  const { token } = await owner().createToken({ name: 'cleo', person: 'cleo@example.com', role: 'viewer' });
  const logs = connect({ url: plane.url, token }).logs('staging', { sinceMs: 0, follow: true });
  plane.world.log({ at: new Date().toISOString(), source: 'api', text: 'first' });
  expect((await logs.next()).value).toMatchObject({ text: 'first' });
  await owner().revokeToken('cleo');
  await expect(logs.next()).rejects.toMatchObject({ code: 'unauthorized' });
  expect(plane.world.followers.size).toBe(0);
});

it('who takes nothing of what is there, and then goes, leaves nothing behind', async () => {
  let given = 0;
  let isOver = false;
  plane.world.events.follow = async function* () {
    try {
      for (;;) yield { kind: 'away', since: 'x'.repeat(10_000 + given++) };
    } finally {
      isOver = true;
    }
  };
  const asked = get(`${plane.url}/v1/events`, { agent: false, headers: { authorization: `Bearer ${plane.token}` } });
  await new Promise((resolve) => asked.once('response', (answer) => resolve(answer.pause())));
  let before = -1;
  while (given !== before) {
    before = given;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(isOver).toBe(false);
  asked.destroy();
  await vi.waitFor(() => expect(isOver).toBe(true));
});

it('a browser hears no more once its session is over', async () => {
  const { token } = await owner().createToken({ name: 'ben', person: 'ben@example.com', role: 'viewer' });
  const { path } = await connect({ url: plane.url, token }).pageLink();
  const entered = await fetch(`${plane.url}${path}`, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const answer = await fetch(`${plane.url}/v1/events`, {
    headers: { cookie, accept: 'text/event-stream', 'sec-fetch-site': 'same-origin' },
  });
  await vi.waitFor(() => expect(plane.world.events.readers()).toBe(1));
  happens();
  await owner().revokeToken('ben');
  const text = await answer.text();
  expect(text).toMatch(
    /^retry: 1000\n\nid: 0\ndata: {"kind":"begun".*\n\n(:\n\n)*id: 1\ndata: .*\n\n(:\n\n)*data: {"error":{"code":"unauthorized".*\n\n$/,
  );
  expect(plane.world.events.readers()).toBe(0);
});

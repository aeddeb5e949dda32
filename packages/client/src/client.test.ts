import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Digest, SoundBiteError } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, connect } from './client.ts';
import type { PromotionView } from './schemas.ts';
import { type FakeControlPlane, startFake } from './testing/fake-control-plane.ts';
import { makeWorld } from './testing/fake-world.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;

let fake: FakeControlPlane;
let client: Client;
const reconnects: unknown[] = [];

beforeEach(async () => {
  reconnects.length = 0;
  fake = await startFake(makeWorld({ 'dev-localstack': release, 'dev-aws': release }));
  client = connect(async () => ({ url: fake.url, token: fake.token }), {
    onReconnect: (error) => reconnects.push(error),
    patienceMs: 5_000,
  });
});
afterEach(() => fake.stop());

/** What a promise is rejected with, as its code, message, hint and source. */
const rejection = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof SoundBiteError ? { code: error.code, hint: error.hint, source: error.source } : error,
  );

const promoteInto = (environment: string, more: { idempotencyKey?: string } = {}) =>
  client.promote({ environment, kind: 'promote', ...more });

describe('the client', () => {
  it('brings what the control plane says, in declared order', async () => {
    const { controlPlane, environments } = await client.status();
    expect(controlPlane.url).toBe(fake.url);
    expect(environments.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'dev-localstack healthy',
      'dev-aws healthy',
      'dev-aws-deployed empty',
      'staging empty',
      'production empty',
    ]);
  });

  it('keeps the code, the hint and the source of what the control plane refuses', async () => {
    expect(await rejection(client.environment('stagin'))).toEqual({
      code: 'environment-unknown',
      hint: 'soundbite environment list',
      source: 'user',
    });
    expect(await rejection(promoteInto('production'))).toMatchObject({ code: 'nothing-to-promote', source: 'user' });
  });

  it('is refused with a wrong token', async () => {
    const stranger = connect({ url: fake.url, token: 'guess' });
    expect(await rejection(stranger.status())).toMatchObject({ code: 'unauthorized', source: 'user' });
  });

  it('says when nobody answers', async () => {
    await fake.stop();
    expect(await rejection(client.status())).toEqual({
      code: 'control-plane-down',
      hint: './scripts/soundbite.sh up',
      source: 'system',
    });
  });

  it.each([
    ['another document', '{"hello":1}'],
    ['no JSON', '<html>'],
  ])('refuses %s', async (_what, text) => {
    const other = createServer((_request, response) => response.end(text));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const lost = connect({ url: `http://127.0.0.1:${(other.address() as AddressInfo).port}`, token: 'x' });
      expect(await rejection(lost.status())).toMatchObject({ code: 'answer-unexpected', source: 'system' });
    } finally {
      other.close();
    }
  });

  it('asks for the same promotion once, also when the connection broke in between', async () => {
    const first = await promoteInto('dev-aws', { idempotencyKey: 'k' });
    expect((await promoteInto('dev-aws', { idempotencyKey: 'k' })).promotion).toBe(first.promotion);
    expect(fake.world.all()).toHaveLength(1);
  });
});

describe('watching a promotion', () => {
  /** Watches in the background; `seen` fills up as it goes. */
  function watch(id: string) {
    const seen: PromotionView[] = [];
    const done = (async () => {
      for await (const view of client.watchPromotion(id)) seen.push(view);
    })();
    return { seen, done };
  }
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  };

  it('shows every change and ends with the promotion', async () => {
    const { promotion } = await promoteInto('dev-aws');
    const { seen, done } = watch(promotion);
    await until(() => seen.length === 1);
    fake.world.advance(promotion);
    await until(() => seen.length === 2);
    fake.world.end(promotion, 'failed', 'smoke: silence');
    await done;
    expect(
      seen.map(({ state, steps }) => `${state} ${steps.map((step) => `${step.name}:${step.state}`).join(' ')}`),
    ).toEqual([
      'running verify:running',
      'running verify:succeeded plan:running',
      'failed verify:succeeded plan:failed',
    ]);
    expect(seen.at(-1)?.reason).toBe('smoke: silence');
  });

  it('shows a finished promotion once', async () => {
    const { promotion } = await promoteInto('dev-aws');
    fake.world.end(promotion, 'succeeded');
    const { seen, done } = watch(promotion);
    await done;
    expect(seen).toHaveLength(1);
  });

  it('survives a restart of the control plane at another address', async () => {
    const { promotion } = await promoteInto('dev-aws');
    const { seen, done } = watch(promotion);
    await until(() => seen.length === 1);
    const before = fake.url;
    await fake.stop();
    await until(() => reconnects.length > 0);
    fake.world.end(promotion, 'succeeded');
    await fake.start();
    await done;
    expect(fake.url).not.toBe(before);
    expect(seen.at(-1)?.state).toBe('succeeded');
  });

  it('gives up when the control plane does not come back in time', async () => {
    const impatient = connect(async () => ({ url: fake.url, token: fake.token }), { patienceMs: 100 });
    const { promotion } = await promoteInto('dev-aws');
    await fake.stop();
    const watching = (async () => {
      for await (const _ of impatient.watchPromotion(promotion));
    })();
    expect(await rejection(watching)).toMatchObject({ code: 'control-plane-down' });
  });

  it('stops when it is told to', async () => {
    const { promotion } = await promoteInto('dev-aws');
    const controller = new AbortController();
    const reason = new Error('enough');
    const watching = (async () => {
      for await (const _ of client.watchPromotion(promotion, controller.signal)) controller.abort(reason);
    })();
    await expect(watching).rejects.toBe(reason);
  });
});

describe('logs', () => {
  const line = (second: number, text: string) => ({
    at: `2026-01-02T03:04:0${second}.000Z`,
    source: 'api',
    text,
  });

  it('brings the lines since a time, and ends', async () => {
    fake.world.logLines.push(line(1, 'old'), line(2, 'übel\tlang'), line(3, 'new'));
    const found: string[] = [];
    const since = Date.parse('2026-01-02T03:04:02Z');
    for await (const { text } of client.logs('staging', { sinceMs: since, follow: false })) found.push(text);
    expect(found).toEqual(['übel\tlang', 'new']);
  });

  it('follows over a restart without losing or repeating a line', async () => {
    fake.world.logLines.push(line(1, 'a'), line(2, 'b'), line(2, 'b'));
    const controller = new AbortController();
    const found: string[] = [];
    const following = (async () => {
      for await (const { text } of client.logs('staging', { sinceMs: 0, follow: true, signal: controller.signal })) {
        found.push(text);
        if (found.length === 3) {
          await fake.stop();
          fake.world.followers.clear();
          fake.world.logLines.push(line(2, 'c'), line(3, 'd'));
          await fake.start();
        }
        if (text === 'd') controller.abort(new Error('enough'));
      }
    })();
    await expect(following).rejects.toThrow('enough');
    expect(found).toEqual(['a', 'b', 'b', 'c', 'd']);
  });

  it('of an unknown environment are refused', async () => {
    const reading = (async () => {
      for await (const _ of client.logs('nowhere', { sinceMs: 0, follow: false }));
    })();
    expect(await rejection(reading)).toMatchObject({ code: 'environment-unknown' });
  });
});

describe('up', () => {
  it('brings the progress, then the status', async () => {
    const lines = [];
    for await (const one of client.up({ promote: false })) lines.push(one);
    expect(
      lines.map((one) => ('text' in one ? one.text : 'status' in one ? one.status.environments.length : one.error)),
    ).toEqual(['postgres runs', 'five environments are healthy', 5]);
  });

  it('is asked for again when the connection broke on the way', async () => {
    fake.world.upBreaks = 2;
    const lines = [];
    for await (const one of client.up({})) lines.push(one);
    expect(lines).toHaveLength(7);
    expect(reconnects).toHaveLength(2);
  });

  it('is not asked for again when nobody answered at first', async () => {
    await fake.stop();
    const asking = (async () => {
      for await (const _ of client.up({}));
    })();
    expect(await rejection(asking)).toMatchObject({ code: 'control-plane-down' });
  });
});

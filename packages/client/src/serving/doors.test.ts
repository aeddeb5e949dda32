import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Handlers } from '../operations.ts';
import { sendRaw } from '../testing/contract-cases.ts';
import { type FakeControlPlane, startFake } from '../testing/fake-control-plane.ts';
import { makeWorld } from '../testing/fake-world.ts';
import { contractApp, refuseTheRest } from './app.ts';

let fake: FakeControlPlane;
beforeAll(async () => {
  fake = await startFake(makeWorld());
});
afterAll(() => fake.stop());

describe('a control plane', () => {
  it('answers HEAD without a body, of a stream of lines too', async () => {
    for (const path of ['/v1/status', '/v1/environments/staging/logs?follow=true'])
      expect(await sendRaw(fake, { method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
  });

  it('is asked by every name of the loopback interface, and by its own pages', async () => {
    const { host: own } = new URL(fake.url);
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:8100', '[::1]:8100', 'a.localhost'])
      expect((await sendRaw(fake, { path: '/v1/status', headers: { host } })).status).toBe(200);
    const asked = { method: 'POST', path: '/v1/up', body: '{"promote":false}', headers: { origin: `http://${own}` } };
    expect((await sendRaw(fake, asked)).status).toBe(200);
  });
});

it('no server starts with a route that anybody could ask', () => {
  const { people } = makeWorld();
  const handlers = {} as Handlers;
  const app = contractApp({ handlers, authority: people.authority('secret') });
  app.get('/v1/forgotten', (c) => c.text('all secrets'));
  expect(() => refuseTheRest(app)).toThrow('these routes name no action: GET /v1/forgotten');
});

it('nothing of a file is read of who may not bring it', async () => {
  const { people } = makeWorld();
  const { token } = people.create({ name: 'looks', role: 'viewer', environments: [], days: 1 }, 'ana');
  const app = contractApp({ handlers: {} as Handlers, authority: people.authority('secret') });
  let pulls = 0;
  const body = new ReadableStream(
    {
      pull(into) {
        pulls += 1;
        into.enqueue(new Uint8Array(1024));
        if (pulls > 3) into.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = {
    authorization: `Bearer ${token}`,
    host: '127.0.0.1',
    'content-type': 'application/octet-stream',
  };
  const asked = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  const answer = await app.request(`http://127.0.0.1/v1/releases/sha256:${'0'.repeat(64)}/evidence`, asked);
  expect({ status: answer.status, pulls }).toEqual({ status: 403, pulls: 0 });
});

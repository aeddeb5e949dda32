import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { accepted, finished, type SoundbiteAnswer } from './testing/client.ts';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack, WEBHOOK_SECRET } from './testing/stack.ts';
import { signingKey } from './worker/callback.ts';

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let emulator: Emulator;
let api: RunningPart;
let worker: RunningPart;
let receivers: Server[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  const environment = await makeStack(emulator, { service: { maxAttempts: 2 } });
  [api, worker] = await Promise.all([startPart('api', environment), startPart('worker', environment)]);
});

afterEach(() => {
  for (const receiver of receivers) receiver.close();
  receivers = [];
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()]);
  await emulator?.stop();
});

/** A receiver that answers its calls with these statuses, the last one for ever. */
async function receive(...statuses: number[]): Promise<{ url: string; calls: Call[] }> {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    calls.push({ headers: request.headers, body });
    response.writeHead(statuses[Math.min(calls.length, statuses.length) - 1] ?? 200).end();
  });
  receivers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, calls };
}

function verified(call: Call | undefined): { type: string; data: SoundbiteAnswer } {
  if (call === undefined) throw new Error('not called');
  const verifier = new Webhook(signingKey(WEBHOOK_SECRET));
  return verifier.verify(call.body, call.headers as Record<string, string>) as { type: string; data: SoundbiteAnswer };
}

describe('a callback', () => {
  it('is a signed webhook that says what became of the soundbite', async () => {
    const { url, calls } = await receive(200);
    const { id } = await accepted(api.url, { text: 'Call me back.', callbackUrl: url });
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready', callback: 'delivered' });
    expect(calls).toHaveLength(1);
    const { type, data } = verified(calls[0]);
    expect(type).toBe('soundbite.ready');
    expect(data).toMatchObject({ id, status: 'ready', audio: { url: `/soundbites/${id}/audio` } });
    expect(() => verified({ headers: calls[0]?.headers ?? {}, body: `${calls[0]?.body} ` })).toThrow();
  });

  it('comes for speech that was made before, too', async () => {
    const { url, calls } = await receive(200);
    await finished(api.url, (await accepted(api.url, { text: 'Known already.' })).id);
    const { id } = await accepted(api.url, { text: 'Known already.', callbackUrl: url });
    expect(await finished(api.url, id)).toMatchObject({ callback: 'delivered' });
    expect(verified(calls[0]).data).toMatchObject({ id, status: 'ready' });
  });

  it('is tried again, under the same id, and the soundbite is ready meanwhile', async () => {
    const { url, calls } = await receive(503, 200);
    const { id } = await accepted(api.url, { text: 'Try me again.', callbackUrl: url });
    await until(5_000, 'the first try', async () => calls.length === 1);
    expect(await (await fetch(`${api.url}/soundbites/${id}`)).json()).toMatchObject({ status: 'ready' });
    expect(await finished(api.url, id)).toMatchObject({ callback: 'delivered' });
    expect(new Set(calls.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([`${id}.ready`]));
    verified(calls[1]);
  });

  it('is given up after every attempt, without harm to the soundbite', async () => {
    const { url, calls } = await receive(500);
    const { id } = await accepted(api.url, { text: 'Nobody listens.', callbackUrl: url });
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready', callback: 'failed' });
    expect(calls).toHaveLength(2);
  });

  it('does not follow a receiver to where no caller may send us', async () => {
    const server = createServer((_, response) =>
      response.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
    );
    receivers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const callbackUrl = `http://localhost:${(server.address() as AddressInfo).port}/`;
    const { id } = await accepted(api.url, { text: 'Do not go there.', callbackUrl });
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready', callback: 'failed' });
    const refused = worker.lines.filter(
      ({ msg, soundbite }) => msg === 'a callback was not delivered' && soundbite === id,
    );
    expect(JSON.stringify(refused[0])).toContain('ForbiddenAddressError');
  });
});

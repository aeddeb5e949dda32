import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openParts, type ServiceParts } from './parts.ts';
import { readSettings } from './settings.ts';
import { accepted, finished, getSoundbite } from './testing/client.ts';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';
import { sweepSoundbites } from './worker/sweep.ts';

const TOKEN = 'a-control-token-for-tests';

let emulator: Emulator;
let sqs: SQSClient;
const running: RunningPart[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  emulator = await startEmulator();
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, ...key } = emulator.credentials;
  Object.assign(process.env, emulator.credentials);
  sqs = new SQSClient({
    region,
    endpoint,
    credentials: { accessKeyId: key.AWS_ACCESS_KEY_ID, secretAccessKey: key.AWS_SECRET_ACCESS_KEY },
  });
});

afterAll(async () => {
  await Promise.all(running.map((part) => part.stop()));
  for (const server of servers) server.close();
  await emulator?.stop();
});

async function start(part: 'api' | 'worker', environment: Record<string, string>): Promise<RunningPart> {
  const started = await startPart(part, { SOUNDBITE_CONTROL_TOKEN: TOKEN, ...environment });
  running.push(started);
  return started;
}

/** The service's parts in this process, at a time to come. */
function partsLater(environment: Record<string, string>, ms: number): ServiceParts {
  const settings = readSettings({ ...environment });
  const now = () => Date.now() + ms;
  return openParts({ ...settings, service: { ...settings.service, logLevel: 'silent' } }, 'worker', now);
}

/** A Polly that answers everything with an error. */
async function brokenPolly(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': 'ServiceFailureException' });
    response.end('{"message":"no voice today"}');
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function control(worker: RunningPart, method: string, path: string, body: unknown, token = TOKEN): Promise<Response> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return fetch(worker.url + path, { method, headers, body: JSON.stringify(body) });
}

describe('a job', () => {
  it('whose message was never sent is found and queued again', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const { id } = await accepted(api.url, { text: 'My message was lost.' });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: environment.SOUNDBITE_QUEUE_URL }));
    await start('worker', environment);

    expect(await sweepSoundbites(partsLater(environment, 0))).toEqual({ requeued: 0, givenUp: 0, closed: 0 });
    expect(await getSoundbite(api.url, id)).toMatchObject({ status: 'queued' });
    const sweeps = await Promise.all([1, 2, 3].map(() => sweepSoundbites(partsLater(environment, 31_000))));
    expect(sweeps.reduce((sum, { requeued }) => sum + requeued, 0)).toBe(1);
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready' });
    expect(await sweepSoundbites(partsLater(environment, 3_600_000))).toEqual({ requeued: 0, givenUp: 0, closed: 0 });
  });

  it('is accepted while the queue does not answer', async () => {
    const environment = await makeStack(emulator);
    const gone = `${environment.SOUNDBITE_QUEUE_URL}-gone`;
    const api = await start('api', { ...environment, SOUNDBITE_QUEUE_URL: gone });
    const { id } = await accepted(api.url, { text: 'Accepted all the same.' });
    await start('worker', environment);
    await sweepSoundbites(partsLater(environment, 31_000));
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready' });
  });

  it('that a killed worker had in hand is done by another', async () => {
    const environment = await makeStack(emulator, { visibilitySeconds: 3 });
    const api = await start('api', environment);
    const victim = await start('worker', environment);
    const ids: string[] = [];
    for (let i = 0; i < 8; i++)
      ids.push((await accepted(api.url, { text: `Sentence number ${i} of eight, to be said.` })).id);
    await until(
      10_000,
      'the worker to be at it',
      async () => (await getSoundbite(api.url, ids[1] ?? '')).status !== 'queued',
    );
    await victim.stop('SIGKILL');
    await start('worker', environment);
    for (const id of ids) expect(await finished(api.url, id, 30_000)).toMatchObject({ status: 'ready' });
  });

  it('is finished before a worker that is told to end does so, and what is left stays in the queue', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const first = await start('worker', environment);
    const ids: string[] = [];
    for (let i = 0; i < 12; i++) ids.push((await accepted(api.url, { text: `An orderly end, take ${i}.` })).id);
    expect(await first.stop('SIGTERM')).toBe(0);
    const states = await Promise.all(ids.map(async (id) => (await getSoundbite(api.url, id)).status));
    expect(states).not.toContain('working');
    await start('worker', environment);
    for (const id of ids) expect(await finished(api.url, id)).toMatchObject({ status: 'ready' });
  });

  it('delivered twice at once makes one object and one result', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const worker = await start('worker', { ...environment, SOUNDBITE_CONSUMING: 'false' });
    const { id } = await accepted(api.url, { text: 'Twice told, once made.' });
    const body = JSON.stringify({ version: 1, id, somethingNew: true });
    const event = { Records: ['a', 'b', 'c'].map((messageId) => ({ messageId, body })) };
    expect(await (await control(worker, 'POST', '/invoke', event)).json()).toEqual({ batchItemFailures: [] });
    const ready = await finished(api.url, id);
    await control(worker, 'POST', '/invoke', event);
    expect(await getSoundbite(api.url, id)).toEqual(ready);
  });

  it('that fails at every attempt says so, and its message is in the dead-letter queue', async () => {
    const environment = await makeStack(emulator, { service: { voiceEngine: 'polly', maxAttempts: 2 } });
    const api = await start('api', environment);
    const worker = await start('worker', { ...environment, AWS_ENDPOINT_URL_POLLY: await brokenPolly() });
    const { id } = await accepted(api.url, { text: 'Nobody will say me.' });
    const failed = await finished(api.url, id, 30_000);
    expect(failed).toMatchObject({ status: 'failed', reason: expect.stringContaining('ServiceFailureException') });
    expect((await fetch(`${api.url}/soundbites/${id}/audio`)).status).toBe(409);
    const dead: string[] = [];
    await until(10_000, 'the dead letter', async () => {
      const QueueUrl = environment.SOUNDBITE_DEAD_LETTER_URL;
      const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
      dead.push(...Messages.map(({ Body = '' }) => Body));
      return dead.length > 0;
    });
    expect(JSON.parse(dead[0] ?? '')).toEqual({ version: 1, id });
    expect(worker.lines.filter(({ msg }) => msg === 'an attempt failed')).toHaveLength(2);
  });

  it('whose last worker died says that it failed, once it is overdue', async () => {
    const environment = await makeStack(emulator, { service: { maxAttempts: 1 } });
    const api = await start('api', environment);
    const { id } = await accepted(api.url, { text: 'My worker dies.' });
    await sqs.send(new PurgeQueueCommand({ QueueUrl: environment.SOUNDBITE_QUEUE_URL }));
    const dying = partsLater(environment, 0);
    const soundbite = await dying.table.soundbite(id);
    if (soundbite === undefined) throw new Error('not accepted');
    await dying.table.begin(soundbite);
    expect(await sweepSoundbites(partsLater(environment, 120_000))).toMatchObject({ givenUp: 1 });
    expect(await getSoundbite(api.url, id)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('without an answer'),
    });
  });
});

describe('a worker', () => {
  it('leaves what it cannot read to a newer one, and takes deleted soundbites as done', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const worker = await start('worker', { ...environment, SOUNDBITE_CONSUMING: 'false' });
    const { id } = await accepted(api.url, { text: 'Deleted before it was made.' });
    await fetch(`${api.url}/soundbites/${id}`, { method: 'DELETE' });
    const bodies = [`{"version":1,"id":"${id}"}`, `{"version":2,"id":"${id}"}`, 'hello', '{"version":1}', '[]'];
    const Records = bodies.map((body, i) => ({ messageId: `m${i}`, body }));
    const answer = await (await control(worker, 'POST', '/invoke', { Records })).json();
    expect(answer).toEqual({
      batchItemFailures: ['m1', 'm2', 'm3', 'm4'].map((itemIdentifier) => ({ itemIdentifier })),
    });
  });

  it('takes and leaves the queue when its deployer says so, and nobody else', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const worker = await start('worker', { ...environment, SOUNDBITE_CONSUMING: 'false' });
    const { id } = await accepted(api.url, { text: 'Wait for me.' });
    for (const [method, path] of [
      ['PUT', '/consuming'],
      ['POST', '/invoke'],
    ] as const) {
      expect((await control(worker, method, path, { consuming: true }, 'wrong')).status).toBe(401);
    }
    expect((await control(worker, 'PUT', '/consuming', { consuming: 'yes' })).status).toBe(422);
    expect((await control(worker, 'POST', '/invoke', {})).status).toBe(422);
    expect(await getSoundbite(api.url, id)).toMatchObject({ status: 'queued' });
    expect(await (await control(worker, 'PUT', '/consuming', { consuming: true })).json()).toMatchObject({
      consuming: true,
    });
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready' });
    const stopped = await control(worker, 'PUT', '/consuming', { consuming: false });
    expect(await stopped.json()).toMatchObject({ consuming: false });
    const later = await accepted(api.url, { text: 'You will wait for long.' });
    await new Promise((resolve) => setTimeout(resolve, 2_500)); // longer than the poll that was under way
    expect(await getSoundbite(api.url, later.id)).toMatchObject({ status: 'queued' });
    const other = await start('worker', environment);
    expect(await finished(api.url, later.id)).toMatchObject({ status: 'ready' });
    expect(await other.stop()).toBe(0);
  });
});

describe('a rehearsal', () => {
  it('is kept apart from everything that has traffic', async () => {
    const environment = await makeStack(emulator);
    const api = await start('api', environment);
    const worker = await start('worker', environment);
    const mark = { 'x-soundbite-rehearsal': TOKEN };
    const text = 'A dress rehearsal.';
    await finished(api.url, (await accepted(api.url, { text })).id);

    const { id, rehearsalMessage } = (await accepted(api.url, { text }, mark)) as unknown as Record<string, string>;
    if (id === undefined || rehearsalMessage === undefined) throw new Error('no rehearsal');
    expect(await getSoundbite(api.url, id, mark)).toMatchObject({ status: 'queued' });
    const event = { Records: [{ messageId: 'm', body: rehearsalMessage }] };
    expect(await (await control(worker, 'POST', '/invoke', event)).json()).toEqual({ batchItemFailures: [] });
    expect(await getSoundbite(api.url, id, mark)).toMatchObject({ status: 'ready' });
    const audio = await fetch(`${api.url}/soundbites/${id}/audio`, { headers: mark });
    expect(new URL(audio.url).pathname).toContain('/rehearsal/');

    expect((await fetch(`${api.url}/soundbites/${id}`)).status).toBe(404);
    expect(await (await fetch(`${api.url}/soundbites`)).text()).not.toContain(id);
    const wrong = await fetch(`${api.url}/soundbites/${id}`, { headers: { 'x-soundbite-rehearsal': 'wrong' } });
    expect(wrong.status).toBe(403);
  });

  it('that fails says all that is known, at the first attempt', async () => {
    const environment = await makeStack(emulator, { service: { voiceEngine: 'polly' } });
    const api = await start('api', environment);
    const worker = await start('worker', { ...environment, AWS_ENDPOINT_URL_POLLY: await brokenPolly() });
    const mark = { 'x-soundbite-rehearsal': TOKEN };
    const { id, rehearsalMessage } = (await accepted(api.url, { text: 'Test.' }, mark)) as unknown as Record<
      string,
      string
    >;
    const event = { Records: [{ messageId: 'm', body: rehearsalMessage }] };
    expect(await (await control(worker, 'POST', '/invoke', event)).json()).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm' }],
    });
    const reason = expect.stringContaining('no voice today');
    expect(await getSoundbite(api.url, id ?? '', mark)).toMatchObject({ status: 'failed', reason });
  });
});

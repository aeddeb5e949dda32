import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { readWav } from './engines/wav.ts';
import * as documents from './http/documents.ts';
import { audioAnswersAsPlayersAsk } from './testing/audio-requests.ts';
import { accepted, finished, postSoundbite } from './testing/client.ts';
import { type Emulator, startEmulator } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';

let emulator: Emulator;
let environment: Record<string, string>;
let api: RunningPart;
let worker: RunningPart;

beforeAll(async () => {
  emulator = await startEmulator();
  environment = await makeStack(emulator);
  [api, worker] = await Promise.all([startPart('api', environment), startPart('worker', environment)]);
});

afterAll(async () => {
  const codes = await Promise.all([api?.stop(), worker?.stop()]);
  await emulator?.stop();
  expect(codes).toEqual([0, 0]);
});

async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
  return z.parse(schema, await (await fetch(api.url + path)).json());
}

async function objects(): Promise<string[]> {
  const { AWS_REGION: region, AWS_ENDPOINT_URL: endpoint, ...key } = emulator.credentials;
  const credentials = { accessKeyId: key.AWS_ACCESS_KEY_ID, secretAccessKey: key.AWS_SECRET_ACCESS_KEY };
  const client = new S3Client({ region, endpoint, credentials, forcePathStyle: true });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: environment.SOUNDBITE_BUCKET }));
  return Contents.map(({ Key = '' }) => Key);
}

describe('the service as two processes on an emulated account', () => {
  it('makes a text audible: a WAV of the right length and loudness, by a URL that a browser can follow', async () => {
    const response = await postSoundbite(api.url, { text: 'Good morning, dear listeners.' });
    const { id } = z.parse(documents.AcceptedDocument, await response.json());
    expect(response.headers.get('location')).toBe(`/soundbites/${id}`);
    expect(await finished(api.url, id)).toMatchObject({ status: 'ready', engine: 'flite-2.3-3' });
    const soundbite = await get(`/soundbites/${id}`, documents.SoundbiteDocument);

    const redirect = await fetch(`${api.url}/soundbites/${id}/audio`, { redirect: 'manual' });
    expect(redirect.status).toBe(307);
    expect(new URL(redirect.headers.get('location') ?? '').searchParams.get('X-Amz-Expires')).toBe('300');
    const audio = await fetch(redirect.headers.get('location') ?? '');
    expect(audio.headers.get('content-type')).toBe('audio/wav');
    const { samples, rate } = readWav(new Uint8Array(await audio.arrayBuffer()));
    expect(samples.length / rate).toBeCloseTo(soundbite.audio?.seconds ?? 0, 2);
    expect(samples.length / rate).toBeGreaterThan(1);
    expect(Math.sqrt(samples.reduce((sum, sample) => sum + sample ** 2, 0) / samples.length)).toBeGreaterThan(500);
  });

  it('speaks MP3, every voice, faster and slower', async () => {
    const { voices } = await get('/voices', documents.VoicesDocument);
    const made = await Promise.all(
      voices.flatMap(({ name }) =>
        [0.5, 2].map(async (speed) => {
          const { id } = await accepted(api.url, { text: 'Hello, it is me.', voice: name, speed, format: 'mp3' });
          return { name, speed, soundbite: await finished(api.url, id) };
        }),
      ),
    );
    for (const { name } of voices) {
      const seconds = (speed: number) =>
        made.find((one) => one.name === name && one.speed === speed)?.soundbite.audio?.seconds ?? 0;
      expect(seconds(0.5)).toBeGreaterThan(seconds(2) * 2.5);
    }
    const audio = await fetch(`${api.url}/soundbites/${made[0]?.soundbite.id}/audio`);
    expect(audio.headers.get('content-type')).toBe('audio/mpeg');
    const bytes = new Uint8Array(await audio.arrayBuffer());
    expect(bytes[0]).toBe(0xff); // the frame's sync word
    expect((bytes[1] ?? 0) & 0xe0).toBe(0xe0);
  });

  it('streams it itself when asked, whole or in part', async () => {
    const { id } = await accepted(api.url, { text: 'A stream of words.' });
    const { audio } = await finished(api.url, id);
    const whole = await fetch(`${api.url}/soundbites/${id}/audio?stream=1`);
    expect([whole.status, whole.redirected]).toEqual([200, false]);
    expect((await whole.arrayBuffer()).byteLength).toBe(audio?.bytes);
    const part = await fetch(`${api.url}/soundbites/${id}/audio?stream=1`, { headers: { range: 'bytes=0-3' } });
    expect([part.status, await part.text()]).toEqual([206, 'RIFF']);
    await audioAnswersAsPlayersAsk(`${api.url}/soundbites/${id}/audio`, audio?.bytes ?? 0);
  });

  it('makes equal speech once, also when it is asked for at the same moment', async () => {
    const before = await objects();
    const text = 'Say this only once, however often I ask.';
    const ids = (await Promise.all(Array.from({ length: 6 }, () => accepted(api.url, { text })))).map(({ id }) => id);
    expect(new Set(ids).size).toBe(6);
    for (const id of ids) expect(await finished(api.url, id)).toMatchObject({ status: 'ready' });
    expect(await accepted(api.url, { text })).toMatchObject({ status: 'ready' });
    expect((await objects()).length).toBe(before.length + 1);
  });

  it('gives the same soundbite for the same key and body, and refuses the key for another body', async () => {
    const key = { 'idempotency-key': 'order-4711' };
    const body = { text: 'Only one of me.', speed: 1.5 };
    const answers = await Promise.all(Array.from({ length: 5 }, () => accepted(api.url, body, key)));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    const other = await postSoundbite(api.url, { ...body, speed: 1 }, key);
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({
      code: 'idempotency-key-reused',
      errors: [{ field: 'idempotency-key' }],
    });
  });

  it('lists the newest first, page by page, and forgets what is deleted', async () => {
    const ids: string[] = [];
    for (const word of ['one', 'two', 'three']) ids.unshift((await accepted(api.url, { text: `Page ${word}.` })).id);
    const first = await get('/soundbites?limit=2', documents.ListDocument);
    const second = await get(`/soundbites?limit=2&cursor=${first.next}`, documents.ListDocument);
    expect([...first.soundbites, ...second.soundbites].map(({ id }) => id).slice(0, 3)).toEqual(ids);

    const [id = ''] = ids;
    await finished(api.url, id);
    const before = await objects();
    const gone = await fetch(`${api.url}/soundbites/${id}`, { method: 'DELETE' });
    expect(gone.status).toBe(204);
    for (const method of ['GET', 'DELETE']) {
      expect((await fetch(`${api.url}/soundbites/${id}`, { method })).status).toBe(404);
    }
    expect((await fetch(`${api.url}/soundbites/${id}/audio`)).status).toBe(404);
    expect((await objects()).length).toBe(before.length - 1);
  });

  it('keeps the audio that another soundbite shares', async () => {
    const text = 'Shared by two.';
    const one = await finished(api.url, (await accepted(api.url, { text })).id);
    const two = await accepted(api.url, { text });
    await fetch(`${api.url}/soundbites/${one.id}`, { method: 'DELETE' });
    expect((await fetch(`${api.url}/soundbites/${two.id}/audio`)).status).toBe(200);
    await fetch(`${api.url}/soundbites/${two.id}`, { method: 'DELETE' });
    const three = await accepted(api.url, { text });
    expect(await finished(api.url, three.id)).toMatchObject({ status: 'ready' });
    expect((await fetch(`${api.url}/soundbites/${three.id}/audio`)).status).toBe(200);
  });

  it('says how it is, what it is, and what it counts', async () => {
    expect(await get('/health', documents.HealthDocument)).toEqual({ status: 'alive' });
    const ready = await get('/ready', documents.ReadyDocument);
    expect(ready.status).toBe('ready');
    expect(ready.dependencies.map(({ name }) => name)).toEqual(['queue', 'deadLetters', 'table', 'bucket']);
    const version = await get('/version', documents.VersionDocument);
    expect(version).toMatchObject({ release: environment.SOUNDBITE_RELEASE, environment: 'test' });
    expect(await (await fetch(`${api.url}/metrics`)).text()).toContain('soundbite_request_seconds_bucket');
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toMatch(
      /soundbite_job_seconds_count\{part="worker".*outcome="done"\} [1-9]/,
    );
    expect(await (await fetch(`${worker.url}/ready`)).json()).toMatchObject({ status: 'ready', consuming: true });
    const line = api.lines.find(({ msg, path }) => msg === 'request' && path === '/version');
    expect(line).toMatchObject({ level: 'info', method: 'GET', route: '/version', status: 200 });
  });

  it('says that it is not ready when its account is gone, and answers 503, not 500', async () => {
    const lost = await startPart('api', { ...environment, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    const ready = await fetch(`${lost.url}/ready`);
    expect(ready.status).toBe(503);
    expect(z.parse(documents.ReadyDocument, await ready.json()).status).toBe('unready');
    const refused = await postSoundbite(lost.url, { text: 'Hello?' });
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ code: 'dependency-unavailable' });
    expect(await lost.stop()).toBe(0);
  });
});

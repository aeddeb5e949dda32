import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from './engines/wav.ts';
import { audioAnswersAsPlayersAsk } from './testing/audio-requests.ts';
import { makeBundle, zipOf } from './testing/bundle.ts';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type Functions, makeFunctions } from './testing/functions.ts';
import { makeStack } from './testing/stack.ts';

let emulator: Emulator;
let functions: Functions;

beforeAll(async () => {
  emulator = await startEmulator();
  const bundle = await makeBundle();
  functions = await makeFunctions(emulator, await makeStack(emulator), zipOf(bundle.folder));
  bundle.remove();
});

afterAll(async () => {
  await emulator?.stop();
});

describe('the bundle as two functions in an emulated account', () => {
  it('makes a text audible', async () => {
    const accepted = await fetch(`${functions.url}/soundbites`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Good morning from a function.' }),
    });
    expect(accepted.status).toBe(202);
    const { id } = (await accepted.json()) as { id: string };
    await until(20_000, 'the soundbite to be ready', async () => {
      const soundbite = (await (await fetch(`${functions.url}/soundbites/${id}`)).json()) as { status: string };
      return soundbite.status === 'ready';
    });
    const audio = await fetch(`${functions.url}/soundbites/${id}/audio`);
    expect(audio.redirected).toBe(true);
    const { samples, rate } = readWav(new Uint8Array(await audio.arrayBuffer()));
    expect(samples.length / rate).toBeGreaterThan(1);
    const streamed = await fetch(`${functions.url}/soundbites/${id}/audio?stream=1`);
    expect(streamed.redirected).toBe(false);
    expect((await streamed.arrayBuffer()).byteLength).toBe(44 + samples.length * 2);
    await audioAnswersAsPlayersAsk(`${functions.url}/soundbites/${id}/audio`, 44 + samples.length * 2);
  });

  it('rehearses by the stage that only an invocation can name', async () => {
    const event = (method: string, rawPath: string, body?: string) => ({
      version: '2.0',
      rawPath,
      rawQueryString: '',
      headers: { 'content-type': 'application/json' },
      requestContext: { stage: 'rehearsal', http: { method } },
      ...(body === undefined ? {} : { body, isBase64Encoded: false }),
    });
    const accepted = (await functions.invoke('api', event('POST', '/soundbites', '{"text":"One, two, three."}'))) as {
      statusCode: number;
      body: string;
    };
    expect(accepted.statusCode).toBe(202);
    const { id, rehearsalMessage } = JSON.parse(accepted.body) as { id: string; rehearsalMessage: string };
    const done = await functions.invoke('worker', { Records: [{ messageId: 'm1', body: rehearsalMessage }] });
    expect(done).toEqual({ batchItemFailures: [] });
    const seen = (await functions.invoke('api', event('GET', `/soundbites/${id}`))) as { body: string };
    expect(JSON.parse(seen.body)).toMatchObject({ status: 'ready' });
    expect((await fetch(`${functions.url}/soundbites/${id}`)).status).toBe(404);
  });

  it('sweeps when it is told to', async () => {
    expect(await functions.invoke('worker', { soundbite: 'sweep' })).toEqual({ requeued: 0, givenUp: 0, closed: 0 });
  });
});

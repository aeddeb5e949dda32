import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readSettings } from '../settings.ts';
import { variables } from '../testing/settings.ts';
import { pollyEngine, pollyRequest } from './polly.ts';
import { readWav } from './wav.ts';

/** What Polly was asked, and what it answers: a second of sound for each request, or an error by its name. */
const asked: Record<string, unknown>[] = [];
let refusal: string | undefined;
let server: Server;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    asked.push(JSON.parse(Buffer.concat(await request.toArray()).toString()) as Record<string, unknown>);
    if (refusal !== undefined) {
      response.writeHead(400, { 'x-amzn-errortype': refusal }).end('{"message":"not that"}');
      return;
    }
    response.writeHead(200, { 'content-type': 'audio/pcm' }).end(Buffer.alloc(32_000, 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL_POLLY', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
});

afterAll(() => {
  vi.unstubAllEnvs();
  server.close();
});

function speak(text: string, speed = 1) {
  asked.length = 0;
  const engine = pollyEngine(readSettings(variables()));
  const speech = { text, voice: 'alan', format: 'wav' as const, speed };
  return engine.speak(speech, AbortSignal.timeout(5_000)).finally(() => engine.close());
}

describe('Polly', () => {
  it('is asked for plain text at the usual pace, for mark-up at another', () => {
    expect(pollyRequest('Tom & Jerry', { voice: 'amelia', speed: 1 })).toEqual({
      TextType: 'text',
      Text: 'Tom & Jerry',
      VoiceId: 'Joanna',
      Engine: 'neural',
      OutputFormat: 'pcm',
      SampleRate: '16000',
    });
    expect(pollyRequest(`<b> & "x" 'y'`, { voice: 'kit', speed: 1.25 })).toMatchObject({
      TextType: 'ssml',
      Text: '<speak><prosody rate="125%">&lt;b&gt; &amp; &quot;x&quot; &apos;y&apos;</prosody></speak>',
    });
  });

  it('gives raw PCM, which becomes one WAV of all pieces of a long text', async () => {
    const { bytes, seconds } = await speak('A sentence of some length & more. '.repeat(250), 2);
    expect(asked.length).toBeGreaterThan(2);
    for (const { Text } of asked) expect(String(Text).length).toBeLessThan(3_000);
    expect(seconds).toBe(asked.length);
    expect(readWav(bytes).rate).toBe(16_000);
  });

  it('is not asked again for what it refuses for good', async () => {
    refusal = 'InvalidSsmlException';
    await expect(speak('Hello.')).rejects.toMatchObject({ name: 'PermanentError', message: 'not that' });
    refusal = 'AccessDeniedException';
    await expect(speak('Hello.')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    refusal = undefined;
  });
});

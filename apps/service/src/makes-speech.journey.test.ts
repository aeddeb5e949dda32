import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from './engines/wav.ts';
import { type Emulator, startEmulator, until } from './testing/emulator.ts';
import { type RunningPart, startPart } from './testing/processes.ts';
import { makeStack } from './testing/stack.ts';

let emulator: Emulator;
let api: RunningPart;
let worker: RunningPart;

beforeAll(async () => {
  emulator = await startEmulator();
  const environment = await makeStack(emulator);
  [api, worker] = await Promise.all([startPart('api', environment), startPart('worker', environment)]);
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()]);
  await emulator?.stop();
});

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${api.url}/soundbites`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
}

async function ready(id: string): Promise<Record<string, unknown>> {
  let soundbite: Record<string, unknown> = {};
  await until(10_000, `soundbite ${id} to be ready`, async () => {
    soundbite = (await (await fetch(`${api.url}/soundbites/${id}`)).json()) as Record<string, unknown>;
    return soundbite.status === 'ready' || soundbite.status === 'failed';
  });
  return soundbite;
}

describe('the service as two processes on an emulated account', () => {
  it('makes a text audible', async () => {
    const accepted = await post({ text: 'Good morning, dear listeners.' });
    expect(accepted.status).toBe(202);
    const { id } = (await accepted.json()) as { id: string };
    expect(accepted.headers.get('location')).toBe(`/soundbites/${id}`);

    expect(await ready(id)).toMatchObject({ status: 'ready', engine: 'flite-2.3-1' });
    const audio = await fetch(`${api.url}/soundbites/${id}/audio`);
    expect(audio.redirected).toBe(true);
    expect(audio.headers.get('content-type')).toBe('audio/wav');
    const { samples, rate } = readWav(new Uint8Array(await audio.arrayBuffer()));
    expect(samples.length / rate).toBeGreaterThan(1);
    expect(samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)).toBeGreaterThan(3000);
  });
});

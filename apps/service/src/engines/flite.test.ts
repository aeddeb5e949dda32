import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Speech } from '../soundbites/soundbite.ts';
import { BusyError, type VoiceEngine } from './engine.ts';
import { fliteEngine } from './flite.ts';
import { VOICE_NAMES } from './voices.ts';
import { readWav } from './wav.ts';

let engine: VoiceEngine;

const leftovers = () => readdirSync(process.env.TMPDIR ?? '');

beforeAll(() => {
  vi.stubEnv('TMPDIR', mkdtempSync(join(tmpdir(), 'soundbite-test-')));
});

afterEach(async () => {
  // A process that is killed while it is silent leaves what lies there before the end.
  expect(leftovers()).toEqual([]);
  await engine.close();
  expect(leftovers()).toEqual([]);
});

afterAll(() => {
  rmSync(process.env.TMPDIR ?? '', { recursive: true });
  vi.unstubAllEnvs();
});

const speech = (text: string, over: Partial<Speech> = {}): Speech => ({
  text,
  voice: 'amelia',
  format: 'wav',
  speed: 1,
  ...over,
});

describe('Flite', () => {
  it('speaks with every voice, several at once, the same each time', async () => {
    engine = fliteEngine();
    const say = () =>
      VOICE_NAMES.map((voice) => engine.speak(speech('Hello there.', { voice }), AbortSignal.timeout(18_000)));
    const [first, second] = [await Promise.all(say()), await Promise.all(say())];
    expect(new Set(first.map(({ bytes }) => Buffer.from(bytes).toString('base64'))).size).toBe(VOICE_NAMES.length);
    expect(second).toEqual(first);
    for (const { bytes, seconds } of first) {
      const { samples, rate } = readWav(bytes);
      expect([rate, samples.length / rate]).toEqual([16_000, expect.closeTo(seconds, 2)]);
      expect(Math.max(...samples.map(Math.abs))).toBeGreaterThan(2_000);
    }
  });

  it('reads long texts, signs and letters that it does not know', async () => {
    engine = fliteEngine();
    const signal = AbortSignal.timeout(18_000);
    const long = await engine.speak(speech('One sentence after another. '.repeat(25)), signal);
    const short = await engine.speak(speech('One sentence after another. '), signal);
    expect(long.seconds).toBeGreaterThan(short.seconds * 15);
    const odd = await engine.speak(speech('“Café” — naïve… 5 € -o /etc/passwd 你好 \u{1f600}'), signal);
    expect(odd.seconds).toBeGreaterThan(1);
  });

  it('turns away who has waited long enough for a speaker, and goes on with the others', async () => {
    engine = fliteEngine();
    await engine.warm();
    const end = new AbortController();
    const long = [1, 2].map(() => engine.speak(speech('1234567890'.repeat(290)), end.signal));
    const patient = engine.speak(speech('After you.'), AbortSignal.timeout(18_000));
    await expect(engine.speak(speech('Me too.'), AbortSignal.timeout(18_000), 50)).rejects.toThrow(BusyError);
    end.abort();
    for (const { reason } of (await Promise.allSettled(long)) as PromiseRejectedResult[]) {
      expect(reason).not.toBeInstanceOf(BusyError);
    }
    expect((await patient).seconds).toBeGreaterThan(0.5);
  });

  it('is stopped when it takes too long, and speaks again afterwards', async () => {
    engine = fliteEngine();
    await engine.warm();
    const stuck = engine.speak(speech('1234567890'.repeat(290)), AbortSignal.timeout(300));
    const waiting = Array.from({ length: 3 }, () => engine.speak(speech('After you.'), AbortSignal.timeout(15_000)));
    await expect(stuck).rejects.toThrow('took too long');
    for (const { seconds } of await Promise.all(waiting)) expect(seconds).toBeGreaterThan(0.5);
  });
});

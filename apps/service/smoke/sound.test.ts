import { describe, expect, it } from 'vitest';
import { writeWav } from '../src/engines/wav.ts';
import { measureWav, speechProblems } from './sound.mjs';

/** A sine of 220 Hz; `loudness` 1 is full scale, above it is cut off there. */
function tone({ seconds, rate, loudness }: { seconds: number; rate: number; loudness: number }): Int16Array {
  return Int16Array.from({ length: Math.round(seconds * rate) }, (_, i) => {
    const value = Math.round(Math.sin((2 * Math.PI * 220 * i) / rate) * loudness * 32_767);
    return Math.max(-32_768, Math.min(32_767, value));
  });
}

const wav = (samples: Int16Array, rate: number): Uint8Array => writeWav({ samples, rate });

const text = 'This is rehearsal number one two three four five six.'; // 53 characters: 1.3 to 13.3 s

describe('measuring a WAV file', () => {
  it('tells its seconds, rate, channels and loudness', () => {
    const sound = measureWav(wav(tone({ seconds: 2, rate: 16_000, loudness: 0.5 }), 16_000));
    expect(sound).toMatchObject({ seconds: 2, sampleRate: 16_000, channels: 1, clipped: 0 });
    expect(sound.peak).toBeCloseTo(0.5, 2);
    expect(sound.rms).toBeCloseTo(0.5 / Math.SQRT2, 2);
  });

  it('skips chunks that it does not know, also of odd size', () => {
    const plain = Buffer.from(wav(tone({ seconds: 1, rate: 8000, loudness: 0.2 }), 8000));
    const odd = Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1');
    const file = Buffer.concat([plain.subarray(0, 12), odd, plain.subarray(12)]);
    expect(measureWav(file).seconds).toBe(1);
  });

  it.each([
    ['bytes that are no WAV', Buffer.from('<html>an error page</html>'), /no WAV file/],
    ['an empty file', Buffer.alloc(0), /no WAV file/],
    [
      'a file that ends before its sound does',
      wav(tone({ seconds: 1, rate: 8000, loudness: 0.2 }), 8000).subarray(0, 500),
      /promises 16000 bytes of sound and has 456/,
    ],
    ['a file without sound', wav(new Int16Array(0), 8000).subarray(0, 36), /no sound in it/],
    ['another encoding', Buffer.from(wav(new Int16Array(4), 8000)).fill(3, 20, 21), /encoding 3 with 16 bits/],
  ])('refuses %s, saying what it is', (_, file, message) => {
    expect(() => measureWav(file)).toThrow(message);
  });
});

describe('telling speech from what is none', () => {
  const of = (sound: { seconds: number; loudness: number; rate?: number }) => {
    const rate = sound.rate ?? 16_000;
    return speechProblems(measureWav(wav(tone({ ...sound, rate }), rate)), text);
  };

  it('finds nothing wrong with a sound of plausible length and loudness', () => {
    expect(of({ seconds: 4, loudness: 0.3 })).toEqual([]);
  });

  it.each([
    ['silence', { seconds: 4, loudness: 0 }, /silent/],
    ['a click', { seconds: 0.2, loudness: 0.3 }, /0.20 s is too short for 53 characters \(1.3 to 13.3 s\)/],
    ['a minute', { seconds: 60, loudness: 0.3 }, /too long/],
    ['a sound cut off at full scale', { seconds: 4, loudness: 3 }, /cut off at full scale/],
    ['a telephone of the last century', { seconds: 4, loudness: 0.3, rate: 4000 }, /too few for speech/],
  ])('refuses %s', (_, sound, message) => {
    expect(of(sound).join('; ')).toMatch(message);
  });
});

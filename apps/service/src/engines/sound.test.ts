import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from './encode.ts';
import { joinPcm, type Pcm, pcmFromBytes } from './pcm.ts';
import { readWav, writeWav } from './wav.ts';

const pcm: fc.Arbitrary<Pcm> = fc
  .tuple(fc.array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 500 }), fc.constantFrom(8_000, 16_000))
  .map(([samples, rate]) => ({ samples: Int16Array.from(samples), rate }));

const tone = (seconds: number): Pcm => ({
  samples: Int16Array.from({ length: seconds * 16_000 }, (_, i) => Math.sin(i / 5) * 12_000),
  rate: 16_000,
});

describe('sound', () => {
  it('comes back from a WAV as it went in, also from the middle of a larger buffer', () => {
    fc.assert(
      fc.property(pcm, fc.nat({ max: 9 }), (sound, offset) => {
        const file = writeWav(sound);
        expect(file.byteLength).toBe(44 + sound.samples.length * 2);
        const within = new Uint8Array(file.byteLength + offset);
        within.set(file, offset);
        expect(readWav(within.subarray(offset))).toEqual(sound);
      }),
    );
  });

  it('is refused when it is no WAV, or another kind of it', () => {
    expect(() => readWav(new Uint8Array(3))).toThrow('no WAV file (3 bytes)');
    const stereo = writeWav(tone(0.1));
    stereo[22] = 2;
    expect(() => readWav(stereo)).toThrow('2 channels');
    expect(() => readWav(writeWav(tone(0.1)).subarray(0, 36))).toThrow('without data');
  });

  it('is read from raw little-endian bytes, and joined only at one rate', () => {
    expect([...pcmFromBytes(new Uint8Array([0x01, 0x00, 0xff, 0xff, 0x7f]), 16_000).samples]).toEqual([1, -1]);
    expect(joinPcm([tone(0.5), tone(0.25)]).samples).toHaveLength(12_000);
    expect(joinPcm([]).samples).toHaveLength(0);
    expect(() => joinPcm([tone(0.1), { ...tone(0.1), rate: 8_000 }])).toThrow('16000 Hz and of 8000 Hz');
  });

  it('is encoded as MP3 of about 64 kbit/s, the same each time', async () => {
    const [one, two] = [await encode(tone(2), 'mp3'), await encode(tone(2), 'mp3')];
    expect(one.seconds).toBe(2);
    expect(one.bytes.byteLength).toBeGreaterThan(12_000);
    expect(one.bytes.byteLength).toBeLessThan(24_000);
    expect(Buffer.from(one.bytes).equals(Buffer.from(two.bytes))).toBe(true);
  });
});

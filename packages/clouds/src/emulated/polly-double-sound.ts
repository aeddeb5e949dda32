/** Hertz of what Flite's voices make. */
export const FLITE_RATE = 16_000;

/** Polly's sound lasts ten minutes at most; "any remaining speech is cut off" (its quotas). In samples. */
export const MOST_SAMPLES = 10 * 60 * FLITE_RATE;

/** A stretch of sound, or so many samples of silence: it takes no memory before it is joined. */
export type Stretch = Int16Array | number;

export const lengthOf = (stretch: Stretch): number => (typeof stretch === 'number' ? stretch : stretch.length);

/** Joins stretches, as far as Polly's sound lasts. */
export function join(stretches: readonly Stretch[]): Int16Array {
  const length = stretches.reduce<number>((sum, stretch) => sum + lengthOf(stretch), 0);
  const whole = new Int16Array(Math.min(length, MOST_SAMPLES));
  let at = 0;
  for (const stretch of stretches) {
    if (at >= whole.length) break;
    if (typeof stretch !== 'number') whole.set(stretch.subarray(0, whole.length - at), at);
    at += lengthOf(stretch);
  }
  return whole;
}

/** Samples (16 bits, mono) of a WAV file. */
export function readWav(file: Buffer): Int16Array {
  for (let at = 12; at + 8 <= file.length; at += 8 + file.readUInt32LE(at + 4)) {
    if (file.toString('latin1', at, at + 4) !== 'data') continue;
    const samples = new Int16Array(Math.min(file.readUInt32LE(at + 4), file.length - at - 8) >> 1);
    for (let n = 0; n < samples.length; n += 1) samples[n] = file.readInt16LE(at + 8 + n * 2);
    return samples;
  }
  throw new Error(`a WAV file of ${file.length} bytes without data`);
}

/** Little-endian bytes, as Polly's `pcm`. */
export function pcmBytes(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2);
  for (let n = 0; n < samples.length; n += 1) bytes.writeInt16LE(samples[n] ?? 0, n * 2);
  return bytes;
}

/** Taps of a low-pass at a quarter of the sample rate (windowed sinc), so that halving the rate folds nothing back. */
const HALF_BAND = Array.from({ length: 31 }, (_, n) => {
  const x = n - 15;
  const sinc = x === 0 ? 0.5 : Math.sin((Math.PI * x) / 2) / (Math.PI * x);
  return sinc * (0.54 + 0.46 * Math.cos((Math.PI * x) / 15));
});

/** Every second sample of the low-passed sound. */
export function halveRate(samples: Int16Array): Int16Array {
  const half = new Int16Array(samples.length >> 1);
  for (let n = 0; n < half.length; n += 1) {
    let sum = 0;
    for (const [tap, weight] of HALF_BAND.entries()) sum += weight * (samples[n * 2 + tap - 15] ?? 0);
    half[n] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
  return half;
}

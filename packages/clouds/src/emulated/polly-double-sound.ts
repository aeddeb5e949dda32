/** Hertz of what Flite's voices make. */
export const FLITE_RATE = 16_000;

/** Joins stretches of sound. */
export function join(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
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

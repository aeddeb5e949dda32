import { type Pcm, pcmFromBytes } from './pcm.ts';

const HEADER = 44;

/** A canonical WAV file: RIFF, `fmt ` of 16 bytes, `data`. */
export function writeWav({ samples, rate }: Pcm): Uint8Array {
  const size = samples.length * 2;
  const file = Buffer.alloc(HEADER + size);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(HEADER - 8 + size, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // integer PCM
  file.writeUInt16LE(1, 22); // mono
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(size, 40);
  for (let i = 0; i < samples.length; i++) file.writeInt16LE(samples[i] ?? 0, HEADER + i * 2);
  return file;
}

/**
 * Reads a mono 16-bit PCM WAV.
 * @throws Error naming what the file is instead.
 */
export function readWav(file: Uint8Array): Pcm {
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (buffer.toString('latin1', 0, 4) !== 'RIFF' || buffer.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error(`no WAV file (${buffer.length} bytes)`);
  }
  let rate = 0;
  for (let at = 12; at + 8 <= buffer.length; ) {
    const name = buffer.toString('latin1', at, at + 4);
    const size = buffer.readUInt32LE(at + 4);
    if (name === 'fmt ') {
      const [encoding, channels, bits] = [at + 8, at + 10, at + 22].map((offset) => buffer.readUInt16LE(offset));
      if (encoding !== 1 || channels !== 1 || bits !== 16) {
        throw new Error(`a WAV of encoding ${encoding}, ${channels} channels and ${bits} bits; expected 1, 1 and 16`);
      }
      rate = buffer.readUInt32LE(at + 12);
    }
    if (name === 'data') return pcmFromBytes(buffer.subarray(at + 8, at + 8 + size), rate);
    at += 8 + size + (size % 2);
  }
  throw new Error('a WAV file without data');
}

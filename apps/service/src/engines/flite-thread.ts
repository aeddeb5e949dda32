import { parentPort, workerData } from 'node:worker_threads';
import type { Speech } from '../soundbites/soundbite.ts';
import { secondsOfUnits } from '../wording/length.ts';
import { asciiOf } from '../wording/spoken.ts';
import { chunk } from './chunks.ts';
import { encode } from './encode.ts';
import type { Recording } from './engine.ts';
import { loadFlite } from './flite-wasm.ts';
import { joinPcm } from './pcm.ts';
import { voiceNamed } from './voices.ts';

/** What the thread is given at its start. */
export interface FliteThreadData {
  readonly soundbiteThread: 'flite';
  readonly wasmPath: string;
  /** A path of the thread's own, for the WAV. Whoever started the thread removes what is left there: a thread that is ended has no last word. */
  readonly wav: string;
}

/** One thing to be said. */
export type FliteTask = Pick<Speech, 'text' | 'voice' | 'speed' | 'format'>;

export type FliteAnswer =
  | { readonly kind: 'ready' }
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'error'; readonly message: string };

/** Seconds in one call of Flite: its memory grows with the sound (150 MB at three minutes), and a WASM memory never shrinks. */
const CHUNK_SECONDS = 60;

/** Whether the code that asks is in Flite's thread. */
export function isFliteThread(): boolean {
  return (workerData as FliteThreadData | null | undefined)?.soundbiteThread === 'flite';
}

/** The thread's whole life: load Flite, then answer one task after the other. */
export async function runFliteThread(): Promise<void> {
  const port = parentPort;
  if (port === null) throw new Error('runs only as a worker thread');
  const { wasmPath, wav } = workerData as FliteThreadData;
  const flite = await loadFlite(wasmPath, wav);
  port.on('message', (task: FliteTask) => {
    speak(task).then(
      (recording) => port.postMessage({ kind: 'recording', recording } satisfies FliteAnswer),
      (error: Error) => port.postMessage({ kind: 'error', message: messageOf(error) } satisfies FliteAnswer),
    );
  });
  port.postMessage({ kind: 'ready' } satisfies FliteAnswer);

  async function speak({ text, voice, speed, format }: FliteTask): Promise<Recording> {
    const words = asciiOf(text);
    const seconds = secondsOfUnits(words, voice);
    const pieces = chunk(words, CHUNK_SECONDS * speed, (_, at) => seconds[at] ?? 0);
    const { flite: fliteVoice } = voiceNamed(voice);
    return encode(joinPcm(pieces.map((piece) => flite.run(piece, fliteVoice, speed))), format);
  }
}

/** A failing file of its own (a full disk) is told by its code: the message names a path. */
function messageOf(error: NodeJS.ErrnoException): string {
  return error.code === undefined
    ? `Flite failed: ${error.message}`
    : `Flite failed: ${error.code} with its temporary file`;
}

import { randomUUID } from 'node:crypto';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { readCompressed } from '../assets.ts';
import type { Pcm } from './pcm.ts';
import { readWav } from './wav.ts';

/** The two things needed of WebAssembly, which Node's own types leave to the DOM's. */
interface Wasm {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Instance: new (module: object, imports: object) => object;
}

/**
 * Flite's command line program as WebAssembly. A program runs once, so each call gets an instance of its own (about 10 ms
 * of copying its 17 MB of voices); the module is compiled once.
 */
export interface FliteProgram {
  /** Speaks plain ASCII. Blocks the thread: about 12 ms for a second of speech. */
  run(text: string, voice: string, speed: number): Pcm;
}

/** Where a Flite leaves its WAV, for the moment until it is read: a process that is killed leaves nothing else behind. */
export function wavPath(): string {
  return join(tmpdir(), `soundbite-flite-${randomUUID()}.wav`);
}

/** Compiles Flite. `wav` is a path of its own. */
export async function loadFlite(wasmPath: string, wav: string): Promise<FliteProgram> {
  // Asked for here and not imported: an import is hoisted to the bundle's head, and warns in every process.
  const { WASI } = process.getBuiltinModule('node:wasi');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };
  const module = await WebAssembly.compile(await readCompressed(wasmPath));
  const nowhere = openSync(devNull, 'w');
  const output = `/out/${basename(wav)}`;

  function run(text: string, voice: string, speed: number): Pcm {
    const stretch = ['--setf', `duration_stretch=${(1 / speed).toFixed(4)}`];
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, ...(speed === 1 ? [] : stretch), '-t', text, '-o', output],
      env: {},
      preopens: { '/out': dirname(wav) },
      stdout: nowhere,
      stderr: nowhere,
      returnOnExit: true,
    });
    const code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
    if (code !== 0) throw new Error(`flite ended with code ${code}`);
    const pcm = readWav(readFileSync(wav));
    rmSync(wav);
    return pcm;
  }

  return { run };
}

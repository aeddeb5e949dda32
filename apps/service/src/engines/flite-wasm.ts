import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** Removes the folder. */
  close(): void;
}

/** Where a Flite leaves its WAV: a new directory of its own. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'soundbite-flite-'));
}

/** Compiles Flite. `folder` is a directory of its own. */
export async function loadFlite(wasmPath: string, folder: string = makeFolder()): Promise<FliteProgram> {
  // Asked for here and not imported: an import is hoisted to the bundle's head, and warns in every process.
  const { WASI } = process.getBuiltinModule('node:wasi');
  const { WebAssembly } = globalThis as unknown as { WebAssembly: Wasm };
  const module = await WebAssembly.compile(await readFile(wasmPath));
  const nowhere = openSync(devNull, 'w');
  const output = join(folder, 'speech.wav');

  function run(text: string, voice: string, speed: number): Pcm {
    const stretch = ['--setf', `duration_stretch=${(1 / speed).toFixed(4)}`];
    const wasi = new WASI({
      version: 'preview1',
      args: ['flite', '-voice', voice, ...(speed === 1 ? [] : stretch), '-t', text, '-o', '/out/speech.wav'],
      env: {},
      preopens: { '/out': folder },
      stdout: nowhere,
      stderr: nowhere,
      returnOnExit: true,
    });
    const code = wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()));
    if (code !== 0) throw new Error(`flite ended with code ${code}`);
    const pcm = readWav(readFileSync(output));
    rmSync(output);
    return pcm;
  }

  return { run, close: () => rmSync(folder, { recursive: true, force: true }) };
}

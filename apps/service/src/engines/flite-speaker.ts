import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { assetPath, FROM_SOURCE } from '../assets.ts';
import { TellableError } from '../reason.ts';
import type { Recording } from './engine.ts';
import type { FliteAnswer, FliteTask, FliteThreadData } from './flite-thread.ts';
import { wavPath } from './flite-wasm.ts';

/** Flite in a thread of its own. */
export interface Speaker {
  /** Resolves when the thread has loaded Flite. */
  readonly loaded: Promise<void>;
  /** Speaks; one task at a time. Rejects when the thread dies over it. */
  say(task: FliteTask): Promise<Recording>;
  /** Ends the thread, whatever it is doing: WebAssembly cannot be interrupted otherwise. */
  end(): Promise<void>;
}

/** Starts a thread. `gone` is called once, when it has ended for whatever reason. */
export function startSpeaker(gone: (speaker: Speaker) => void): Speaker {
  const wav = wavPath();
  const data: FliteThreadData = { soundbiteThread: 'flite', wasmPath: assetPath('flite.wasm.gz'), wav };
  // In the bundle there is one file, and this is it.
  const entry = FROM_SOURCE ? new URL('../main.ts', import.meta.url) : new URL(import.meta.url);
  const thread = new Worker(entry, { workerData: data, execArgv: ['--disable-warning=ExperimentalWarning'] });
  thread.unref();
  const loaded = Promise.withResolvers<void>();
  loaded.promise.catch(() => {}); // who waits is told; nobody need wait
  let task: PromiseWithResolvers<Recording> | undefined;

  thread.on('message', (answer: FliteAnswer) => {
    if (answer.kind === 'ready') return loaded.resolve();
    const asked = task;
    task = undefined;
    if (answer.kind === 'recording') asked?.resolve(answer.recording);
    else asked?.reject(new TellableError(answer.message));
  });
  thread.on('error', fail);
  thread.on('exit', (code) => {
    rmSync(wav, { force: true });
    fail(new TellableError(`the voice's thread ended with code ${code}`));
    gone(speaker);
  });

  function fail(error: Error): void {
    loaded.reject(error);
    task?.reject(error);
    task = undefined;
  }

  const speaker: Speaker = {
    loaded: loaded.promise,
    async say(what) {
      task = Promise.withResolvers<Recording>();
      thread.postMessage(what);
      return task.promise;
    },
    async end() {
      await thread.terminate();
    },
  };
  return speaker;
}

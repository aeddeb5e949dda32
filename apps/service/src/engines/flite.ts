import { Worker } from 'node:worker_threads';
import { assetPath, FROM_SOURCE } from '../assets.ts';
import type { Speech } from '../soundbites/soundbite.ts';
import type { Engine, Recording } from './engine.ts';
import type { FliteAnswer, FliteTask, FliteThreadData } from './flite-thread.ts';
import { voiceNamed } from './voices.ts';

interface Waiting {
  readonly task: FliteTask;
  readonly resolve: (recording: Recording) => void;
  readonly reject: (error: Error) => void;
}

/**
 * CMU Flite in a thread of its own, so that queue and stores go on while it speaks. One task at a time; a task that is
 * aborted while it runs takes the thread with it (WebAssembly cannot be interrupted), and the next one gets a new thread.
 */
export function fliteEngine(): Engine {
  const waiting: Waiting[] = [];
  let running: Waiting | undefined;
  let thread: Promise<Worker> | undefined;

  function start(): Promise<Worker> {
    const data: FliteThreadData = { soundbiteThread: 'flite', wasmPath: assetPath('flite.wasm') };
    // In the bundle there is one file, and this is it.
    const entry = FROM_SOURCE ? new URL('../main.ts', import.meta.url) : new URL(import.meta.url);
    const worker = new Worker(entry, { workerData: data, execArgv: ['--disable-warning=ExperimentalWarning'] });
    worker.unref();
    const started = new Promise<Worker>((resolve, reject) => {
      worker.on('message', (answer: FliteAnswer) => (answer.kind === 'ready' ? resolve(worker) : settle(answer)));
      worker.on('error', (error) => {
        reject(error);
        lose(started, error);
      });
      worker.on('exit', (code) => {
        const error = new Error(`the voice's thread ended with code ${code}`);
        reject(error);
        lose(started, error);
      });
    });
    return started;
  }

  function settle(answer: Exclude<FliteAnswer, { kind: 'ready' }>): void {
    const done = running;
    running = undefined;
    if (answer.kind === 'recording') done?.resolve(answer.recording);
    else done?.reject(new Error(answer.message));
    next();
  }

  /** The thread is gone: what it was doing fails, what waits gets another thread. */
  function lose(gone: Promise<Worker>, error: Error): void {
    if (thread !== gone) return;
    thread = undefined;
    const lost = running;
    running = undefined;
    lost?.reject(error);
    next();
  }

  function next(): void {
    if (running !== undefined) return;
    running = waiting.shift();
    if (running === undefined) return;
    const { task } = running;
    thread ??= start();
    thread.then(
      (worker) => worker.postMessage(task),
      () => {}, // `lose` has told whom it concerns
    );
  }

  function abort(one: Waiting): void {
    const place = waiting.indexOf(one);
    if (place >= 0) waiting.splice(place, 1);
    one.reject(new Error('speaking took too long'));
    if (running !== one) return;
    const stuck = thread;
    running = undefined;
    thread = undefined;
    stuck?.then((worker) => worker.terminate()).catch(() => {}); // it never started: nothing to end
    next();
  }

  function speak(speech: Speech, signal: AbortSignal): Promise<Recording> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const { text, speed, format } = speech;
      const task: FliteTask = { text, speed, format, voice: voiceNamed(speech.voice).flite };
      const one: Waiting = { task, resolve, reject };
      signal.addEventListener('abort', () => abort(one), { once: true });
      waiting.push(one);
      next();
    });
  }

  return {
    speak,
    warm: async () => {
      thread ??= start();
      await thread;
    },
    close: async () => {
      const last = thread;
      thread = undefined;
      await last?.then((worker) => worker.terminate());
    },
  };
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Utterance } from './polly-double-request.ts';
import type { Answer, Task } from './polly-double-voice-process.ts';

/** Speaks by Flite, one utterance after the other. */
export interface Speaker {
  /** The encoded sound. Rejects when Flite fails. */
  speak(utterance: Utterance): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (sound: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

const PROGRAM = fileURLToPath(new URL('./polly-double-voice-process.ts', import.meta.url));

/**
 * A speaker whose process ends after `idleMilliseconds` without a task: a thread's end gives little of Flite's memory back.
 */
export function createSpeaker(idleMilliseconds: number): Speaker {
  const waiting = new Map<number, Waiting>();
  let voice: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let last = 0;

  function start(): ChildProcess {
    const child = fork(PROGRAM, { execArgv: ['--disable-warning=ExperimentalWarning'], serialization: 'advanced' });
    child.on('message', (answer: Answer) => {
      const one = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('sound' in answer) one?.resolve(answer.sound);
      else one?.reject(new Error(answer.error));
      if (waiting.size === 0) rest();
    });
    child.once('exit', (code, signal) => {
      if (voice !== child) return;
      voice = undefined;
      for (const { reject } of waiting.values()) reject(new Error(`the voice ended with ${signal ?? `code ${code}`}`));
      waiting.clear();
    });
    return child;
  }

  function rest(): void {
    clearTimeout(idle);
    idle = setTimeout(() => void close(), idleMilliseconds);
    idle.unref();
  }

  async function close(): Promise<void> {
    clearTimeout(idle);
    const ended = voice;
    voice = undefined;
    if (ended === undefined || ended.exitCode !== null || ended.signalCode !== null) return;
    const gone = once(ended, 'exit');
    ended.disconnect();
    await gone;
  }

  return {
    close,
    speak(utterance) {
      clearTimeout(idle);
      voice ??= start();
      last += 1;
      const task: Task = { id: last, utterance };
      const spoken = new Promise<Uint8Array>((resolve, reject) => waiting.set(task.id, { resolve, reject }));
      voice.send(task);
      return spoken;
    },
  };
}

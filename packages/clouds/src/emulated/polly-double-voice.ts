import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programFile } from '@soundbite/model/programs.ts';
import type { Task, VoiceReply } from './polly-double-voice-process.ts';

/** Flite in a process of its own: a thread's end gives little of Flite's memory back. */
export interface VoiceProcess {
  /** Does one task; the next may be asked for only when it is done. Rejects when Flite fails or the process ends. */
  do(task: Task): Promise<Int16Array | Uint8Array>;
  /** Ends the process, whatever it is doing: WebAssembly cannot be interrupted otherwise. */
  end(): Promise<void>;
}

const PROGRAM = programFile('packages/clouds/src/emulated/polly-double-voice-process.ts');

/** Starts a voice. `gone` is called once, when it has ended for whatever reason. */
export function startVoice(gone: (voice: VoiceProcess) => void): VoiceProcess {
  const wav = join(tmpdir(), `polly-double-${randomUUID()}.wav`);
  const execArgv = ['--disable-warning=ExperimentalWarning'];
  const child = fork(PROGRAM, [wav], { execArgv, serialization: 'advanced' });
  const ended = Promise.withResolvers<void>();
  let asked: PromiseWithResolvers<Int16Array | Uint8Array> | undefined;

  child.on('message', (answer: VoiceReply) => {
    const one = asked;
    asked = undefined;
    if ('made' in answer) one?.resolve(answer.made);
    else one?.reject(new Error(answer.error));
  });
  child.once('exit', (code, signal) => over(new Error(`the voice ended with ${signal ?? `code ${code}`}`)));
  child.once('error', (error) => child.pid === undefined && over(error)); // it could not be started

  function over(error: Error): void {
    rmSync(wav, { force: true });
    asked?.reject(error);
    ended.resolve();
    gone(voice);
  }

  const voice: VoiceProcess = {
    do(task) {
      const answer = Promise.withResolvers<Int16Array | Uint8Array>();
      asked = answer;
      child.send(task, (error) => error && answer.reject(error));
      return answer.promise;
    },
    async end() {
      child.kill('SIGKILL');
      await ended.promise;
    },
  };
  return voice;
}

import { availableParallelism } from 'node:os';
import { TellableError } from '../reason.ts';
import type { Speech } from '../soundbites/soundbite.ts';
import { BusyError, type Engine, type Recording } from './engine.ts';
import { type Speaker, startSpeaker } from './flite-speaker.ts';
import type { FliteTask } from './flite-thread.ts';

/** Two texts at once where there are two cores: one would leave a core to the stores, which need a fifth of it. */
const MOST_SPEAKERS = Math.min(2, availableParallelism());

/** A speaker holds some 100 MB; one that has nothing to say for so long is ended. It takes some 100 ms to come back. */
const IDLE_MS = 30_000;

interface Waiting {
  readonly task: FliteTask;
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<Recording>;
}

/** CMU Flite, in threads, so that queue and stores go on while it speaks. */
export function fliteEngine(): Engine {
  const waiting: Waiting[] = [];
  /** Every living speaker, with the timer that ends it while it is idle. */
  const idle = new Map<Speaker, NodeJS.Timeout>();
  const busy = new Set<Speaker>();
  const ending = new Set<Promise<void>>();

  function start(): Speaker {
    return startSpeaker((speaker) => {
      clearTimeout(idle.get(speaker));
      idle.delete(speaker);
      busy.delete(speaker);
      next();
    });
  }

  function rest(speaker: Speaker): void {
    const timer = setTimeout(() => end(speaker), IDLE_MS);
    timer.unref();
    idle.set(speaker, timer);
  }

  /** From now on nobody may take it, and it does not rest when it happens to be ready before it has ended. */
  function end(speaker: Speaker): void {
    clearTimeout(idle.get(speaker));
    idle.delete(speaker);
    busy.delete(speaker);
    const ended = speaker.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  /** A speaker that has nothing to do, an old one first. */
  function takeSpeaker(): Speaker | undefined {
    const [rested] = idle;
    if (rested === undefined) return busy.size < MOST_SPEAKERS ? start() : undefined;
    const [speaker, timer] = rested;
    clearTimeout(timer);
    idle.delete(speaker);
    return speaker;
  }

  function next(): void {
    const speaker = waiting.length === 0 ? undefined : takeSpeaker();
    const one = speaker && waiting.shift();
    if (speaker === undefined || one === undefined) return;
    busy.add(speaker);
    void serve(speaker, one);
  }

  async function serve(speaker: Speaker, { task, signal, answer }: Waiting): Promise<void> {
    const stop = () => end(speaker);
    signal.addEventListener('abort', stop, { once: true });
    try {
      answer.resolve(await speaker.say(task));
    } catch (error) {
      answer.reject(signal.aborted ? new TellableError('speaking took too long', { cause: error }) : error);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    // It may be gone, or about to be.
    if (busy.delete(speaker)) rest(speaker);
    next();
  }

  async function speak(
    { text, speed, format, voice }: Speech,
    signal: AbortSignal,
    patienceMs?: number,
  ): Promise<Recording> {
    signal.throwIfAborted();
    const task: FliteTask = { text, speed, format, voice };
    const one: Waiting = { task, signal, answer: Promise.withResolvers<Recording>() };
    const giveUp = () => {
      const place = waiting.indexOf(one);
      if (place < 0) return;
      waiting.splice(place, 1);
      one.answer.reject(new BusyError('every speaker was busy for too long'));
    };
    signal.addEventListener('abort', giveUp, { once: true });
    const patience = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
    waiting.push(one);
    next();
    try {
      return await one.answer.promise;
    } finally {
      clearTimeout(patience);
      signal.removeEventListener('abort', giveUp);
    }
  }

  return {
    speak,
    async warm() {
      const speaker = takeSpeaker();
      if (speaker === undefined) return; // all of them speak
      rest(speaker);
      await speaker.loaded;
    },
    async close() {
      for (const speaker of [...idle.keys(), ...busy]) end(speaker);
      await Promise.all(ending);
    },
  };
}

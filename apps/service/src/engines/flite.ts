import { TellableError } from '../reason.ts';
import { BusyError, type Recording, type VoiceEngine } from './engine.ts';
import type { Speaker } from './flite-speaker.ts';
import type { FliteTask } from './flite-thread.ts';
import { type SpeakerPool, speakerPool } from './speaker-pool.ts';

interface Waiting {
  readonly task: FliteTask;
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<Recording>;
}

/** CMU Flite, in threads, so that queue and stores go on while it speaks. */
export function fliteEngine(): VoiceEngine {
  const waiting: Waiting[] = [];
  const speakers = speakerPool(next);

  function next(): void {
    const speaker = waiting.length === 0 ? undefined : speakers.take();
    const one = speaker && waiting.shift();
    if (speaker !== undefined && one !== undefined) void serve(speakers, speaker, one, next);
  }

  return {
    async speak({ text, speed, format, voice }, signal, patienceMs) {
      signal.throwIfAborted();
      const answer = Promise.withResolvers<Recording>();
      const one: Waiting = { task: { text, speed, format, voice }, signal, answer };
      waiting.push(one);
      next();
      return patiently(waiting, one, patienceMs);
    },
    async warm() {
      const speaker = speakers.take();
      if (speaker === undefined) return; // all of them speak
      speakers.rest(speaker);
      await speaker.loaded;
    },
    close: speakers.close,
  };
}

async function serve(
  speakers: SpeakerPool,
  speaker: Speaker,
  { task, signal, answer }: Waiting,
  next: () => void,
): Promise<void> {
  const stop = () => speakers.end(speaker);
  signal.addEventListener('abort', stop, { once: true });
  try {
    answer.resolve(await speaker.say(task));
  } catch (error) {
    answer.reject(signal.aborted ? new TellableError('speaking took too long', { cause: error }) : error);
  } finally {
    signal.removeEventListener('abort', stop);
  }
  speakers.rest(speaker);
  next();
}

/** What a speaker answers; who was not taken up when patience or signal ends gives up. */
async function patiently(waiting: Waiting[], one: Waiting, patienceMs: number | undefined): Promise<Recording> {
  const giveUp = () => {
    const place = waiting.indexOf(one);
    if (place < 0) return;
    waiting.splice(place, 1);
    one.answer.reject(new BusyError('every speaker was busy for too long'));
  };
  one.signal.addEventListener('abort', giveUp, { once: true });
  const patience = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
  try {
    return await one.answer.promise;
  } finally {
    clearTimeout(patience);
    one.signal.removeEventListener('abort', giveUp);
  }
}

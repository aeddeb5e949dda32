import { availableParallelism } from 'node:os';
import { type Speaker, startSpeaker } from './flite-speaker.ts';

/** Two texts at once where there are two cores: one would leave a core to the stores, which need a fifth of it. */
const MOST_SPEAKERS = Math.min(2, availableParallelism());

/** A speaker holds some 100 MB; one that has nothing to say for so long is ended. It takes some 100 ms to come back. */
const IDLE_MS = 30_000;

export type SpeakerPool = ReturnType<typeof speakerPool>;

/** Speakers, started when they are needed. `freed` is called when one has gone and another may take its place. */
export function speakerPool(freed: () => void) {
  /** Every living speaker that has nothing to do, with the timer that ends it. */
  const idle = new Map<Speaker, NodeJS.Timeout>();
  const busy = new Set<Speaker>();
  const ending = new Set<Promise<void>>();

  function forget(speaker: Speaker): void {
    clearTimeout(idle.get(speaker));
    idle.delete(speaker);
    busy.delete(speaker);
  }

  /** From now on nobody may take it, and it does not rest when it happens to be ready before it has ended. */
  function end(speaker: Speaker): void {
    forget(speaker);
    const ended = speaker.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  /** One that has nothing to do, an old one first; undefined when all that there may be are busy. */
  function take(): Speaker | undefined {
    const [rested] = idle.keys();
    if (rested === undefined && busy.size >= MOST_SPEAKERS) return undefined;
    const speaker = rested ?? startSpeaker(gone);
    forget(speaker);
    busy.add(speaker);
    return speaker;
  }

  function gone(speaker: Speaker): void {
    forget(speaker);
    freed();
  }

  /** It has nothing to do any more; one that ended meanwhile does not rest. */
  function rest(speaker: Speaker): void {
    if (busy.delete(speaker)) idle.set(speaker, setTimeout(() => end(speaker), IDLE_MS).unref());
  }

  async function close(): Promise<void> {
    for (const speaker of [...idle.keys(), ...busy]) end(speaker);
    await Promise.all(ending);
  }

  return { take, rest, end, close };
}

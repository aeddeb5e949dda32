import { availableParallelism } from 'node:os';
import { startVoice, type VoiceProcess } from './polly-double-voice.ts';

/** Voices that speak at once: each holds some 60 to 100 MB while it lives. */
const MOST_VOICES = Math.min(4, Math.max(2, availableParallelism()));

export type VoicePool = ReturnType<typeof voicePool>;

/**
 * Voices, started when they are needed. One that has had nothing to say for `idleMilliseconds` ends, and gives its memory back. `freed` is called when
 * one has gone and another may take its place.
 */
export function voicePool(idleMilliseconds: number, freed: () => void) {
  /** Every living voice that has nothing to do, with the timer that ends it. */
  const idle = new Map<VoiceProcess, NodeJS.Timeout>();
  const busy = new Set<VoiceProcess>();
  const ending = new Set<Promise<void>>();

  function forget(voice: VoiceProcess): void {
    clearTimeout(idle.get(voice));
    idle.delete(voice);
    busy.delete(voice);
  }

  /** From now on nobody may take it, and it does not rest when it happens to be ready before it has ended. */
  function end(voice: VoiceProcess): void {
    forget(voice);
    const ended = voice.end().finally(() => ending.delete(ended));
    ending.add(ended);
  }

  /** One that has nothing to do, an old one first; undefined when all that there may be are busy. */
  function take(): VoiceProcess | undefined {
    const [rested] = idle.keys();
    if (rested === undefined && busy.size >= MOST_VOICES) return undefined;
    const voice = rested ?? startVoice(gone);
    forget(voice);
    busy.add(voice);
    return voice;
  }

  function gone(voice: VoiceProcess): void {
    forget(voice);
    freed();
  }

  /** It has nothing to do any more; one that ended meanwhile does not rest. */
  function rest(voice: VoiceProcess): void {
    if (busy.delete(voice)) idle.set(voice, setTimeout(() => end(voice), idleMilliseconds).unref());
  }

  async function close(): Promise<void> {
    for (const voice of [...idle.keys(), ...busy]) end(voice);
    await Promise.all(ending);
  }

  return { take, rest, end, close };
}

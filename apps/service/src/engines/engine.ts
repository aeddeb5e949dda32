import { TellableError } from '../reason.ts';
import type { Speech } from '../soundbites/soundbite.ts';

/** Encoded audio, ready to be stored. */
export interface Recording {
  readonly bytes: Uint8Array;
  readonly seconds: number;
}

/** Something that speaks. One implementation for each value of `voiceEngine`. */
export interface VoiceEngine {
  /**
   * Speaks and encodes. The text is a spoken form (wording/spoken.ts): words that every engine reads alike.
   * @param patienceMs how long it may wait for its turn; without it as long as the signal lets it
   * @throws PermanentError when the same text would fail again, BusyError when its turn did not come; anything else may be tried again.
   */
  speak(speech: Speech, signal: AbortSignal, patienceMs?: number): Promise<Recording>;
  /** Loads what the first `speak` would otherwise wait for. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

/** Trying again would fail the same way. The message is shown as the soundbite's reason. */
export class PermanentError extends TellableError {
  override readonly name = 'PermanentError';
}

/** Others were being spoken all the time: it was not tried. */
export class BusyError extends TellableError {
  override readonly name = 'BusyError';
}

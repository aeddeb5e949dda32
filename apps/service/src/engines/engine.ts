import type { Settings } from '../settings.ts';
import type { Speech } from '../soundbites/soundbite.ts';
import { type Voice, voiceNamed } from './voices.ts';

/** Encoded audio, ready to be stored. */
export interface Recording {
  readonly bytes: Uint8Array;
  readonly seconds: number;
}

/** Something that speaks. One implementation for each value of `voiceEngine`. */
export interface Engine {
  /**
   * Speaks and encodes.
   * @throws PermanentError when the same text would fail again; anything else may be tried again.
   */
  speak(speech: Speech, signal: AbortSignal): Promise<Recording>;
  /** Loads what the first `speak` would otherwise wait for. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

/** What can be known of an engine without loading it. */
export interface EngineKind {
  /** Name and version, ours of what is around it (chunking, spelling) included: part of what names audio; a new one speaks anew. */
  readonly version: string;
  /** The engine's own name of a voice of ours. */
  readonly voice: (voice: Voice) => string;
  readonly load: (settings: Settings) => Promise<Engine>;
}

export const ENGINES: Readonly<Record<Settings['service']['voiceEngine'], EngineKind>> = {
  flite: {
    version: 'flite-2.3-1',
    voice: ({ flite }) => flite,
    load: async () => (await import('./flite.ts')).fliteEngine(),
  },
  polly: {
    version: 'polly-neural-1',
    voice: ({ polly }) => polly,
    load: async (settings) => (await import('./polly.ts')).pollyEngine(settings),
  },
};

/** The engine's own name of the voice that a speech asks for. */
export function engineVoice(kind: EngineKind, speech: Pick<Speech, 'voice'>): string {
  return kind.voice(voiceNamed(speech.voice));
}

/** Trying again would fail the same way. The message is shown as the soundbite's reason. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

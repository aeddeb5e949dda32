import type { Settings } from '../settings.ts';
import type { Speech } from '../soundbites/soundbite.ts';
import type { VoiceEngine } from './engine.ts';
import { type Voice, voiceNamed } from './voices.ts';

/** What can be known of an engine without loading it. */
export interface EngineKind {
  /** Name and version, ours of what is around it (chunking, spelling) included: part of what names audio; a new one speaks anew. */
  readonly version: string;
  /** The engine's own name of a voice of ours. */
  readonly voice: (voice: Voice) => string;
  readonly load: (settings: Settings) => Promise<VoiceEngine>;
}

export const ENGINE_KINDS: Readonly<Record<Settings['service']['voiceEngine'], EngineKind>> = {
  flite: {
    version: 'flite-2.3-3',
    voice: ({ flite }) => flite,
    load: async () => (await import('./flite.ts')).fliteEngine(),
  },
  polly: {
    version: 'polly-neural-3',
    voice: ({ polly }) => polly,
    load: async (settings) => (await import('./polly.ts')).pollyEngine(settings),
  },
};

/** The engine's own name of the voice that a speech asks for. */
export function engineVoice(kind: EngineKind, speech: Pick<Speech, 'voice'>): string {
  return kind.voice(voiceNamed(speech.voice));
}

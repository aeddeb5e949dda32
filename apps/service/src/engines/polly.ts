import {
  type OutputFormat,
  PollyClient,
  SynthesizeSpeechCommand,
  type SynthesizeSpeechCommandInput,
} from '@aws-sdk/client-polly';
import { TellableError } from '../reason.ts';
import type { Settings } from '../settings.ts';
import type { Speech } from '../soundbites/soundbite.ts';
import { clientOptions, errorName } from '../stores/aws.ts';
import { secondsOfUnits } from '../wording/length.ts';
import { chunk } from './chunks.ts';
import { encode } from './encode.ts';
import { PermanentError, type Recording, type VoiceEngine } from './engine.ts';
import { joinPcm, type Pcm, pcmFromBytes } from './pcm.ts';
import { voiceNamed } from './voices.ts';

/** Hertz; the higher of the two rates in which Polly gives `pcm`. */
const RATE = 16_000;

/** Polly takes 3,000 billed and 6,000 characters in all, mark-up included. Ours weigh what they become in mark-up. */
const MOST_CHARACTERS = 2_900;

/** Polly cuts off, without a word, what is longer than five minutes. Less, so that no answer is waited for long. */
const MOST_SECONDS = 150;

/** Errors that the same request would meet again. */
const PERMANENT = new Set([
  'InvalidSsmlException',
  'TextLengthExceededException',
  'LanguageNotSupportedException',
  'EngineNotSupportedException',
  'SsmlMarksNotSupportedForTextTypeException',
]);

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** What Polly is asked for a piece of text: plain, or in mark-up when it is to be spoken at another pace. */
export function pollyRequest(
  text: string,
  { voice, speed }: Pick<Speech, 'voice' | 'speed'>,
): SynthesizeSpeechCommandInput {
  const rate = Math.round(speed * 100);
  const spoken =
    rate === 100
      ? { TextType: 'text' as const, Text: text }
      : { TextType: 'ssml' as const, Text: `<speak><prosody rate="${rate}%">${escapeXml(text)}</prosody></speak>` };
  return {
    ...spoken,
    VoiceId: voiceNamed(voice).polly as NonNullable<SynthesizeSpeechCommandInput['VoiceId']>,
    Engine: 'neural',
    OutputFormat: 'pcm' satisfies OutputFormat,
    SampleRate: String(RATE),
  };
}

/** Amazon Polly by its SDK. Long texts are parted; the sound comes as raw PCM (no header) and is joined and encoded here. */
export function pollyEngine(settings: Settings): VoiceEngine {
  const client = new PollyClient({
    ...clientOptions(settings, settings.service.jobTimeoutSeconds * 1000),
    maxAttempts: 5,
  });

  async function speakPiece(text: string, speech: Speech, abortSignal: AbortSignal): Promise<Pcm> {
    try {
      const { AudioStream } = await client.send(new SynthesizeSpeechCommand(pollyRequest(text, speech)), {
        abortSignal,
      });
      if (AudioStream === undefined) throw new TellableError('Polly gave no audio');
      return pcmFromBytes(await AudioStream.transformToByteArray(), RATE);
    } catch (error) {
      if (PERMANENT.has(errorName(error))) throw new PermanentError((error as Error).message, { cause: error });
      throw error;
    }
  }

  async function speak(speech: Speech, signal: AbortSignal): Promise<Recording> {
    const pieces: Pcm[] = [];
    const text = withoutControls(speech.text);
    const seconds = secondsOfUnits(text, speech.voice);
    const share = (character: string, at: number) =>
      Math.max(weigh(character) / MOST_CHARACTERS, (seconds[at] ?? 0) / speech.speed / MOST_SECONDS);
    for (const piece of chunk(text, 1, share)) {
      pieces.push(await speakPiece(piece, speech, signal));
    }
    return encode(joinPcm(pieces), speech.format);
  }

  return { speak, warm: async () => {}, close: async () => client.destroy() };
}

/** Line breaks and tabs as spaces: XML's only control characters are not spoken. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** Polly counts UTF-16 units after mark-up. */
function weigh(character: string): number {
  return (ENTITIES[character] ?? character).length;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

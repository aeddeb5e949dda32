import { PollyError } from './polly-double-error.ts';
import { plainScript, readSsml, type Script } from './polly-double-ssml.ts';
import { LANGUAGES, POLLY_ENGINES, POLLY_VOICES, type PollyEngine } from './polly-double-voices.ts';

/** A request that Polly would accept, resolved: every default is filled in. */
export interface Utterance {
  readonly script: Script;
  readonly fliteVoice: string;
  readonly engine: PollyEngine;
  readonly format: 'pcm' | 'mp3';
  /** Hertz of the answer. */
  readonly rate: number;
}

const FORMATS = ['json', 'mp3', 'ogg_opus', 'ogg_vorbis', 'pcm', 'mulaw', 'alaw'];
const SPOKEN: Record<string, readonly number[]> = { pcm: [8_000, 16_000], mp3: [8_000, 16_000, 22_050, 24_000] };
const MOST_BILLED = 3_000;
const MOST_CHARACTERS = 6_000;

/**
 * Checks a SynthesizeSpeech body as Polly does.
 * @throws PollyError with the names of polly-double.md
 */
export function readSpeechRequest(body: unknown): Utterance {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new PollyError('SerializationException', 'the body is no JSON object');
  }
  const request = body as Record<string, unknown>;
  const text = member(request, 'Text');
  const format = oneOf(member(request, 'OutputFormat'), 'outputFormat', FORMATS);
  const textType = oneOf(request.TextType ?? 'text', 'textType', ['ssml', 'text']);
  const engine = oneOf(request.Engine ?? 'standard', 'engine', POLLY_ENGINES) as PollyEngine;
  const voice = voiceOf(member(request, 'VoiceId'), engine, request.LanguageCode);
  if (Array.isArray(request.SpeechMarkTypes) && request.SpeechMarkTypes.length > 0 && format !== 'json') {
    throw new PollyError('MarksNotSupportedForFormatException', 'Speech marks are only supported for content in JSON');
  }
  if (Array.isArray(request.LexiconNames) && request.LexiconNames.length > 0) {
    throw new PollyError('LexiconNotFoundException', `Lexicon not found: ${request.LexiconNames.join(', ')}`, 404);
  }
  const rates = SPOKEN[format];
  if (rates === undefined) throw validation(`the Polly double speaks pcm and mp3 only, not '${format}'`);
  const script = scriptOf(text, textType);
  const rate = Number(request.SampleRate ?? defaultRate(format, engine));
  if (!rates.includes(rate)) {
    throw new PollyError(
      'InvalidSampleRateException',
      `Sample rate ${request.SampleRate} is not one of ${rates.join(', ')} of ${format}`,
    );
  }
  return { script, fliteVoice: voice, engine, format: format as 'pcm' | 'mp3', rate };
}

function scriptOf(text: string, textType: string): Script {
  if ([...text].length > MOST_CHARACTERS) throw tooLong(`${MOST_CHARACTERS} characters`);
  const script = textType === 'ssml' ? readSsml(text) : plainScript(text);
  if (script.billed > MOST_BILLED) throw tooLong(`${MOST_BILLED} billed characters`);
  return script;
}

function voiceOf(id: string, engine: PollyEngine, language: unknown): string {
  const voice = POLLY_VOICES.find((one) => one.id === id);
  if (voice === undefined)
    throw notOneOf(
      id,
      'voiceId',
      POLLY_VOICES.map((one) => one.id),
    );
  if (!voice.engines.includes(engine)) {
    throw new PollyError('EngineNotSupportedException', `This voice does not support the selected engine: ${engine}`);
  }
  if (language !== undefined && oneOf(language, 'languageCode', [...LANGUAGES]) !== voice.language) {
    throw new PollyError('LanguageNotSupportedException', `${id} does not speak ${String(language)}`);
  }
  return voice.flite;
}

function defaultRate(format: string, engine: PollyEngine): number {
  if (format === 'pcm') return 16_000;
  return engine === 'standard' ? 22_050 : 24_000;
}

function member(request: Record<string, unknown>, name: string): string {
  const value = request[name];
  if (typeof value === 'string') return value;
  const place = name[0]?.toLowerCase() + name.slice(1);
  throw validation(`Value null at '${place}' failed to satisfy constraint: Member must not be null`);
}

/** The value, when it is of Polly's enumeration. */
export function oneOf(value: unknown, place: string, known: readonly string[]): string {
  if (typeof value === 'string' && known.includes(value)) return value;
  throw notOneOf(String(value), place, known);
}

function notOneOf(value: string, place: string, known: readonly string[]): PollyError {
  return validation(
    `Value '${value}' at '${place}' failed to satisfy constraint: Member must satisfy enum value set: [${known.join(', ')}]`,
  );
}

function validation(message: string): PollyError {
  return new PollyError('ValidationException', `1 validation error detected: ${message}`);
}

function tooLong(limit: string): PollyError {
  return new PollyError('TextLengthExceededException', `Maximum text length has been exceeded: ${limit}`);
}

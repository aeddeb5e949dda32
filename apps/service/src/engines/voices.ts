/** A voice of ours. Every engine speaks every voice, so that a request valid in one environment is valid in all. */
export interface Voice {
  readonly name: string;
  readonly description: string;
  /** BCP 47. */
  readonly language: string;
  readonly flite: string;
  readonly polly: string;
  /** How much longer than most voices it takes for the same words, at most. */
  readonly slowness: number;
}

export const VOICES: readonly Voice[] = [
  {
    name: 'amelia',
    description: 'A clear woman’s voice, American',
    language: 'en-US',
    flite: 'slt',
    polly: 'Joanna',
    slowness: 1,
  },
  {
    name: 'russell',
    description: 'A calm man’s voice, American',
    language: 'en-US',
    flite: 'rms',
    polly: 'Matthew',
    slowness: 1.3,
  },
  {
    name: 'alan',
    description: 'A man’s voice from Britain',
    language: 'en-GB',
    flite: 'awb',
    polly: 'Brian',
    slowness: 1,
  },
  {
    name: 'kit',
    description: 'A light, quick voice, American',
    language: 'en-US',
    flite: 'kal16',
    polly: 'Joey',
    slowness: 1,
  },
];

export const DEFAULT_VOICE = 'amelia';

export const VOICE_NAMES: readonly string[] = VOICES.map(({ name }) => name);

/** The voice of that name; an unknown one was let through by a caller's mistake. */
export function voiceNamed(name: string): Voice {
  const voice = VOICES.find((candidate) => candidate.name === name);
  if (voice === undefined) throw new Error(`there is no voice ${name}`);
  return voice;
}

/** A voice of ours. Every engine speaks every voice, so that a request valid in one environment is valid in all. */
export interface Voice {
  readonly name: string;
  readonly description: string;
  /** BCP 47. */
  readonly language: string;
  readonly flite: string;
  readonly polly: string;
}

export const VOICES: readonly Voice[] = [
  {
    name: 'amelia',
    description: 'A clear woman’s voice, American',
    language: 'en-US',
    flite: 'slt',
    polly: 'Joanna',
  },
  { name: 'russell', description: 'A calm man’s voice, American', language: 'en-US', flite: 'rms', polly: 'Matthew' },
  { name: 'alan', description: 'A man’s voice from Britain', language: 'en-GB', flite: 'awb', polly: 'Brian' },
  { name: 'kit', description: 'A light, quick voice, American', language: 'en-US', flite: 'kal16', polly: 'Joey' },
];

export const DEFAULT_VOICE = 'amelia';

export const VOICE_NAMES: readonly string[] = VOICES.map(({ name }) => name);

/** The voice of that name; an unknown one was let through by a caller's mistake. */
export function voiceNamed(name: string): Voice {
  const voice = VOICES.find((candidate) => candidate.name === name);
  if (voice === undefined) throw new Error(`there is no voice ${name}`);
  return voice;
}

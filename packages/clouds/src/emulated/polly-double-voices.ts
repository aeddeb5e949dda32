/** Polly's engines. */
export const POLLY_ENGINES = ['standard', 'neural', 'long-form', 'generative'] as const;
export type PollyEngine = (typeof POLLY_ENGINES)[number];

/** A voice of Polly's, and the voice of Flite's that stands in for it. */
export interface PollyVoice {
  readonly id: string;
  readonly gender: 'Female' | 'Male';
  readonly language: 'en-US' | 'en-GB';
  readonly engines: readonly PollyEngine[];
  readonly flite: 'slt' | 'rms' | 'awb' | 'kal16';
}

/** As the table of available voices in Polly's developer guide has them (English ones only, since Flite speaks no other). */
export const POLLY_VOICES: readonly PollyVoice[] = [
  { id: 'Joanna', gender: 'Female', language: 'en-US', engines: ['standard', 'neural', 'generative'], flite: 'slt' },
  { id: 'Salli', gender: 'Female', language: 'en-US', engines: ['standard', 'neural', 'generative'], flite: 'slt' },
  { id: 'Kendra', gender: 'Female', language: 'en-US', engines: ['standard', 'neural'], flite: 'slt' },
  { id: 'Kimberly', gender: 'Female', language: 'en-US', engines: ['standard', 'neural'], flite: 'slt' },
  { id: 'Ivy', gender: 'Female', language: 'en-US', engines: ['standard', 'neural'], flite: 'slt' },
  { id: 'Ruth', gender: 'Female', language: 'en-US', engines: ['neural', 'long-form', 'generative'], flite: 'slt' },
  { id: 'Matthew', gender: 'Male', language: 'en-US', engines: ['standard', 'neural', 'generative'], flite: 'rms' },
  { id: 'Joey', gender: 'Male', language: 'en-US', engines: ['standard', 'neural'], flite: 'kal16' },
  { id: 'Justin', gender: 'Male', language: 'en-US', engines: ['standard', 'neural'], flite: 'kal16' },
  { id: 'Stephen', gender: 'Male', language: 'en-US', engines: ['neural', 'generative'], flite: 'rms' },
  { id: 'Amy', gender: 'Female', language: 'en-GB', engines: ['standard', 'neural', 'generative'], flite: 'slt' },
  { id: 'Emma', gender: 'Female', language: 'en-GB', engines: ['standard', 'neural'], flite: 'slt' },
  { id: 'Brian', gender: 'Male', language: 'en-GB', engines: ['standard', 'neural'], flite: 'awb' },
  { id: 'Arthur', gender: 'Male', language: 'en-GB', engines: ['neural'], flite: 'awb' },
];

/** Languages Polly has; a filter by another is refused, one of these without voices gives none. */
export const LANGUAGES: ReadonlySet<string> = new Set(
  (
    'arb cmn-CN cy-GB da-DK de-DE en-AU en-GB en-GB-WLS en-IN en-US es-ES es-MX es-US fr-CA fr-FR is-IS it-IT ja-JP hi-IN ' +
    'ko-KR nb-NO nl-NL pl-PL pt-BR pt-PT ro-RO ru-RU sv-SE tr-TR en-NZ en-ZA ca-ES de-AT yue-CN ar-AE fi-FI en-IE nl-BE ' +
    'fr-BE cs-CZ de-CH en-SG'
  ).split(' '),
);

const LANGUAGE_NAMES = { 'en-US': 'US English', 'en-GB': 'British English' } as const;

/** A voice in the shape of DescribeVoices. */
export function describe({ id, gender, language, engines }: PollyVoice): Record<string, unknown> {
  return {
    Id: id,
    Name: id,
    Gender: gender,
    LanguageCode: language,
    LanguageName: LANGUAGE_NAMES[language],
    SupportedEngines: engines,
  };
}

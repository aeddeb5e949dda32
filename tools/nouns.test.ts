import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the speech service is about. The deliverer delivers any service, so its rooms do not know these. */
const nouns = [
  /voice|\bsoundbites\b|\bwav\b|polly|flite|\bspeech\b|\bspoken\b|audio/i,
  /\b(a|each|every) soundbite\b(?! command)/,
];

const rooms = [
  ...['model', 'engine', 'runtimes', 'evidence', 'edge', 'client', 'reports', 'release'].map(
    (name) => `packages/${name}/src`,
  ),
  ...['control-plane', 'cli'].map((name) => `apps/${name}/src`),
];

/** Files that still know them, and why. This list may only shrink. */
const knowing: Readonly<Record<string, string>> = {
  'packages/model/src/holdings/allowed-services.ts': 'one of the services that a team lets roles use',
  'packages/release/src/cut.journey.test.ts': 'a release of the service',
  'packages/runtimes/src/here.ts': 'emulated accounts stand on the double of Polly',
  'packages/runtimes/src/standing.test.ts': 'emulated accounts stand on the double of Polly',
};

const namedIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => nouns.some((noun) => noun.test(line)));

const files = rooms.flatMap((room) => globSync(`${room}/**/*.{ts,js,json}`, { cwd: root }));
const found = files.filter((file) => namedIn(readFileSync(`${root}/${file}`, 'utf8')).length > 0);

describe('the deliverer', () => {
  it('knows nothing of the service that it delivers', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(found.filter((file) => !(file in knowing))).toEqual([]);
  });

  it('has exceptions only where they are needed', () => {
    expect(Object.keys(knowing).filter((file) => !found.includes(file))).toEqual([]);
  });

  it('is told from the product by its nouns', () => {
    const theirs = [
      'GET /soundbites/:id',
      'hasVoices()',
      'hello.wav',
      'a WAV file',
      'polly:SynthesizeSpeech',
      'a soundbite is ready',
      'the speech service',
      'orders/:id/audio',
    ];
    const ours = [
      'soundbite up',
      'SoundBite',
      '@soundbite/model',
      'x-soundbite-pin',
      'the soundbite command',
      'a soundbite command',
      'a SoundBite home',
      'wave',
    ];
    expect(theirs.filter((text) => namedIn(text).length === 0)).toEqual([]);
    expect(ours.filter((text) => namedIn(text).length > 0)).toEqual([]);
  });
});

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
  ...['control-plane', 'cli', 'dashboard'].map((name) => `apps/${name}/src`),
];

/**
 * AWS's own words for its services, in the one list of those that a team lets roles use: the service's is one of many there, and its prefix and actions are AWS's
 * vocabulary for every app. No other line of that file and no other file may have them.
 */
const ofAws = {
  file: 'packages/model/src/holdings/allowed-services.ts',
  line: /^ {2}\.\.\.actionsOf\('polly', 'DescribeVoices', 'SynthesizeSpeech'\),$/,
};

const namedIn = (text: string): readonly string[] =>
  text.split('\n').filter((line) => nouns.some((noun) => noun.test(line)));

const files = rooms.flatMap((room) => globSync(`${room}/**/*.{ts,tsx,js,json,css}`, { cwd: root }));
const found = files.flatMap((file) => namedIn(readFileSync(`${root}/${file}`, 'utf8')).map((line) => ({ file, line })));
const isOfAws = ({ file, line }: { readonly file: string; readonly line: string }): boolean =>
  file === ofAws.file && ofAws.line.test(line);

describe('the deliverer', () => {
  it('knows nothing of the service that it delivers', () => {
    expect(files.length).toBeGreaterThan(500);
    expect(found.filter((one) => !isOfAws(one))).toEqual([]);
  });

  it('has the one exception only as long as it is needed', () => {
    expect(found.filter(isOfAws)).toHaveLength(1);
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

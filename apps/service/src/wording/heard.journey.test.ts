import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { WASI } from 'node:wasi';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../assets.ts';
import { type FliteProgram, loadFlite } from '../engines/flite-wasm.ts';
import { VOICES } from '../engines/voices.ts';
import { lengthProblem } from '../soundbites/text-rules.ts';
import { spokenSeconds } from './length.ts';
import { SIGNS } from './signs.ts';
import { asciiOf, spokenForm } from './spoken.ts';

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    Instance: new (module: object, imports: object) => object;
  };
};

const folder = mkdtempSync(join(tmpdir(), 'soundbite-heard-'));
let module: object;
let flite: FliteProgram;

beforeAll(async () => {
  module = await WebAssembly.compile(readFileSync(assetPath('flite.wasm.gz')));
  flite = await loadFlite(assetPath('flite.wasm.gz'), join(folder, 'sound.wav'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The words that Flite says, as it prints them itself (`-pw`); the quickest voice, for all read a text alike. */
function heard(text: string): string[] {
  const path = join(folder, 'words');
  const wasi = new WASI({
    version: 'preview1',
    args: ['flite', '-voice', 'kal16', '-pw', '-t', text, '-o', 'none'],
    stdout: openSync(path, 'w'),
    stderr: openSync(devNull, 'w'),
    returnOnExit: true,
  });
  expect(wasi.start(new WebAssembly.Instance(module, wasi.getImportObject()))).toBe(0);
  return readFileSync(path, 'latin1')
    .split(/\s+/)
    .filter((word) => /[a-z]/.test(word));
}

const letters = (text: string) => text.toLowerCase().replace(/[^a-z]/g, '');

describe('what Flite says of a spoken form', () => {
  it('has each word of each sign', () => {
    const signs = Object.keys(SIGNS).filter((sign) => /^one [a-zA-Z ]{2,} two$/.test(spokenForm(`one ${sign} two`)));
    expect(signs.length).toBeGreaterThan(200);
    const said = signs.map((sign) => spokenForm(`one ${sign} two`));
    expect(letters(heard(said.join('. ')).join(''))).toBe(letters(said.join('')));
  });

  it('has every letter of it, whatever signs the text had', () => {
    const word = fc.constantFrom('one', 'day', 'Apple', 'x', 'y', 'well-known', 'Zoë', 'naïve');
    const sign = fc.constantFrom(
      ...' .,;:!?\'"()[]{}<>=+*/^~|\\@#&_`%$€£×÷±−–—…→≠°⁻½§©•\u00a0\u200b\n'.split(''),
      ' ',
      ' ',
    );
    const text = fc
      .array(fc.tuple(word, sign, sign), { minLength: 1, maxLength: 60 })
      .map((parts) => parts.flat().join(''));
    fc.assert(
      fc.property(text, (sent) => {
        const spoken = asciiOf(spokenForm(sent));
        expect(letters(heard(spoken).join(''))).toBe(letters(spoken));
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ['2½ cups', 'two and a half cups'],
    ['10² m', 'ten squared m'],
    ['€3.50, $5.3, -$5', 'three euros and fifty cents five dollars and thirty cents minus five dollars'],
    ['5\'11"', 'five feet eleven inches'],
    ['20-10, 5 - 3, −7', 'twenty dash one zero five minus three minus seven'],
    ['1.2.3, 12,34', 'one dot two dot three twelve comma thirty four'],
    ['007, 1,234.50, 10:05', 'zero zero seven one thousand two hundred thirty four point five zero ten oh five'],
    ['a<b & {c}', 'a is less than b and open brace c close brace'],
    ['December 1st', 'december first'],
    ['2026-11-26', 'november twenty sixth twenty twenty six'],
    ['No. 5', 'number five'],
  ])('is right for %s', (text, words) => {
    expect(heard(asciiOf(spokenForm(text))).join(' ')).toBe(words);
  });
});

describe('the estimate of how long it takes', () => {
  const hard: readonly string[] = [
    '7777777 ',
    '777,777,777,777 ',
    '7',
    '7, ',
    '77.77 ',
    'WWW ',
    'W',
    'XQ, ',
    'bcdfg',
    'hmpf ',
    'a. ',
    'a, ',
    'I ',
    '$777.77 ',
    '½',
    '−7² ',
    '%',
    '@#',
    '1980s ',
    'strengths ',
    'Supercalifragilistic',
    'aeiou ',
    'The quick brown fox jumps over the lazy dog, and then it goes home to sleep. ',
    '12:59 ',
    '1st ',
    '\n\na',
    '(a) ',
    'U.S.A. ',
    "don't ",
    'é ',
  ];

  it('is above the real length for hard texts in every voice, at any speed', { timeout: 120_000 }, () => {
    for (const [n, part] of hard.entries()) {
      const spoken = spokenForm(part.repeat(Math.ceil(30 / part.length)));
      for (const [m, { flite: voice, name }] of VOICES.entries()) {
        if (voice !== 'kal16' && (n + m) % 5 !== 0) continue; // the other voices need ten times as long
        const speed = [0.5, 1, 2][n % 3] ?? 1;
        const { samples, rate } = flite.run(asciiOf(spoken), voice, speed);
        const [real, estimated] = [samples.length / rate, spokenSeconds(spoken, name, speed)];
        expect({ part, name, real, estimated, holds: real <= estimated }).toMatchObject({ holds: true });
      }
    }
  });

  /** Many sounds for few letters: diphthongs, `x`, open syllables, and what is said as another word. */
  const dense = [
    'oi',
    'Ohio ',
    'ox',
    'e',
    'y',
    'eo ',
    'io ',
    'si',
    'is',
    'ce',
    'to',
    'iqipi ',
    'iwopyz ',
    'se ',
    'ac ',
    'Ca ',
    'uk',
    'the ',
  ];

  it.each(VOICES)('is above the real length for texts of many sounds as $name says them', ({ flite: voice, name }) => {
    for (const part of dense) {
      const spoken = spokenForm(part.repeat(Math.ceil(24 / part.length)));
      const { samples, rate } = flite.run(asciiOf(spoken), voice, 1);
      const [real, estimated] = [samples.length / rate, spokenSeconds(spoken, name, 1)];
      expect({ part, real, estimated, holds: real <= estimated }).toMatchObject({ holds: true });
    }
  });

  it('leaves room for prose as long as texts may be, at half the pace', () => {
    const prose = 'The quick brown fox jumps over the lazy dog, and then it goes home to sleep for a while. '
      .repeat(34)
      .slice(0, 3000);
    for (const { name } of VOICES) expect(lengthProblem({ text: prose, voice: name, speed: 0.5 }, 30)).toBeUndefined();
  });
});

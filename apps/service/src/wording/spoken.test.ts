import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIGNS } from './signs.ts';
import { asciiOf, isSpeakable, spokenForm, unspeakable, wordsOf } from './spoken.ts';

/** All that both engines read alike. */
const REPERTOIRE = /^[\n A-Za-z\d.,;:!?'()À-ÖØ-öø-ÿ-]*$/u;

const codePoint = (point: number) => String.fromCodePoint(point);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => codePoint(from + n));

/** The blocks from which English texts take their characters, and those that are mistaken for them. */
const BLOCKS = [
  ...range(0x1, 0x5ff), // Latin, combining marks, Greek, Cyrillic, Armenian, Hebrew
  ...range(0x600, 0x6ff), // Arabic, with its digits
  ...range(0x1d00, 0x1eff), // phonetic letters, Latin additional
  ...range(0x2000, 0x2bff), // punctuation, powers, currencies, letterlike, numbers, arrows, operators, technical, enclosed, shapes, dingbats
  ...range(0x2e00, 0x303f), // more punctuation, of CJK too
  ...range(0x3300, 0x33ff), // units in one square
  ...range(0xfb00, 0xfb06),
  ...range(0xfe00, 0xffff).filter((character) => character.isWellFormed()),
  ...range(0xe000, 0xe010), // private use
  ...range(0x1d400, 0x1d7ff), // mathematical letters and digits
  ...range(0x1f000, 0x1faff), // pictures
  ...range(0xe0000, 0xe007f), // tags
];

/** Heard as a pause, a tone or not at all in any voice, wherever it stands. */
const HARMLESS =
  /^[\s.,;:!?"'()[\]\p{Zs}\p{Pd}\p{Pi}\p{Pf}\p{Ps}\p{Pe}¡¿‽‼⁇⁈⁉…‥‚„‹›，、。﹐﹒﹔﹕﹖﹗．：；！？＂＇ʹʻʼʽˈ՚〝〞〟⁅⁆«»⁓〜‧]$/u;

/** What some work costs this process, in ms: that others are busy, too, does not count. */
function busyMs(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

describe('a spoken form', () => {
  it.each([
    ['2½ cups and ½ cup', '2 and a half cups and one half cup'],
    ['2 1/2, 1⁄2, 3/4, 3⁄7', '2 and a half, one half, three quarters, 3 over 7'],
    [
      '10² metres, 5 m³, x⁻¹, 10⁻⁶, xⁿ',
      '10 squared metres, 5 m cubed, x to the power of minus 1, 10 to the power of minus 6, x to the power of n',
    ],
    ['H₂O, x₁', 'H 2 O, x sub 1'],
    ['Louis ⅩⅣ, Ⅳ', 'Louis 14, 4'],
    ['① ❷ ⑴ Ⓐ', '1 2 (1) A'],
    ['Ｈｉ １２, 𝐇𝐢 𝟙, ﬁne', 'Hi 12, Hi 1, fine'],
    [
      '¥500, €3.50, £1m, 5 €, $5.3, $0.99, -$5, $1, £0.01',
      '500 yen, 3 euros and 50 cents, 1 million pounds, 5 euros, 5 dollars and 30 cents, 99 cents, minus 5 dollars, 1 dollar, 1 penny',
    ],
    ['$5–$10, €, 5¢', '5 dollars to 10 dollars, euro, 5 cents'],
    [
      '20 °C, 68°F, 21℃, 90°, 1°',
      '20 degrees Celsius, 68 degrees Fahrenheit, 21 degrees Celsius, 90 degrees, 1 degree',
    ],
    ['5 µm, 3 kΩ, 2 ℓ, 7 Å', '5 micrometres, 3 kilohms, 2 litres, 7 angstroms'],
    [
      '3 × 4 ± 5 ÷ 2 ≠ 7 ≤ ∞',
      '3 times 4 plus or minus 5 divided by 2 is not equal to 7 is less than or equal to infinity',
    ],
    ['−5, 5 − 3, -5, 5 - 3, (-5)', 'minus 5, 5 minus 3, minus 5, 5 minus 3, (minus 5)'],
    [
      '-½, x = -½, (-π), -∞ to ∞, -√2, 5-½',
      'minus one half, x equals minus one half, (minus pi), minus infinity to infinity, minus the square root of 2, 5 dash one half',
    ],
    [
      '1½" screws, a 3/4" pipe, ¼″, 5½′, 5\' 11½", “a ½”',
      '1 and a half inches screws, a three quarters inches pipe, one quarter inches, 5 and a half feet, 5 feet 11 and a half inches, a one half',
    ],
    ['1⁵⁄₈ inches, 12⁷⁄₁₆, 3 ¹⁄₂, ⁵⁄₈', '1 and five eighths inches, 12 and 7 over 16, 3 and a half, five eighths'],
    [
      '1-1/2 cups, 2½–3½ cups, 1½-2, 2-2½, ½ - ¾, 5½ - 3, 3½-2',
      '1 and a half cups, 2 and a half to 3 and a half cups, 1 and a half to 2, 2 to 2 and a half, one half to three quarters, 5 and a half minus 3, 3 and a half dash 2',
    ],
    [
      '6’2”, a 5” pipe, 5½” wide, “he is 6’2” tall”, ”fem 5”',
      '6 feet 2 inches, a 5 inches pipe, 5 and a half inches wide, he is 6 feet 2 inches tall, fem 5',
    ],
    [
      '10%-20%, 5°C–10°C, -5°-5°',
      '10 percent to 20 percent, 5 degrees Celsius to 10 degrees Celsius, minus 5 degrees to 5 degrees',
    ],
    ['pages 3–5, 1999–2004, 3-5, 20-10, 555-1234', 'pages 3 to 5, 1999 to 2004, 3 to 5, 20 dash 10, 555 dash 1234'],
    ['2026-11-26, 2026-13-40', 'November 26, 2026, 2026 dash 13 dash 40'],
    ['well-known — really – yes -- no', 'well-known, really, yes, no'],
    ['5′ 11″, 5\'11", a 5" pipe, “give me 5”', '5 feet 11 inches, 5 feet 11 inches, a 5 inches pipe, give me 5'],
    ['40° 26′ 46″ N', '40 degrees 26 minutes 46 seconds N'],
    ['50%, 5‰, § 5, № 5, No. 5, #5, C#', '50 percent, 5 per mille, section 5, number 5, number 5, number 5, C sharp'],
    ['© ® ™ † ¶ • ✓', 'copyright registered trademark dagger paragraph bullet check mark'],
    ['π, µ, Δt', 'pi, mu, delta t'],
    ['“Café” — naïve… Zoë’s', "Café, naïve... Zoë's"],
    ['Łódź, Straße, Ærø, Dvořák, cafe\u0301', 'Lódz, Strasse, Aero, Dvorák, café'],
    ['soft\u00adhyphen, zero\u200bwidth, \ufeffmark, a\u00a0b\u2028c', 'softhyphen, zerowidth, mark, a b\nc'],
    ['1\u202f000\u202f000, 1_000', '1000000, 1000'],
    [
      'AT&T, a@b.com, a/b, a\\b, a|b, a_b, a^b, a~b, ~5',
      'AT and T, a at b dot com, a slash b, a backslash b, a vertical bar b, a underscore b, a to the power of b, a tilde b, about 5',
    ],
    [
      'a<b>c, a<=b, a=b, 2+3, 2*3, *a*, {a}, `a`',
      'a is less than b is greater than c, a is less than or equal to b, a equals b, 2 plus 3, 2 times 3, asterisk a asterisk, open brace a close brace, backtick a backtick',
    ],
    ['2 × (3 + 4), f(x), (see below)', '2 times open parenthesis 3 plus 4 close parenthesis, f of x, (see below)'],
    ['10:30, 5:4, 1.2.3, 3.14, 12,34, 1,234.5, 007', '10:30, 5 to 4, 1 dot 2 dot 3, 3.14, 12 comma 34, 1,234.5, 0 0 7'],
    [
      '1e9, 1E-5, 12345678901234',
      '1 times 10 to the power of 9, 1 times 10 to the power of minus 5, 1 2 3 4 5 6 7 8 9 0 1 2 3 4',
    ],
    ['Wow!!! Really?! ... ok....', 'Wow! Really? ok...'],
    ['**********, =====', '10 asterisks, 5 equals signs'],
    [
      '-f --flag, std::vector, http://x.org',
      'dash f dash dash flag, std colon colon vector, http colon slash slash x dot org',
    ],
    ["don't, rock 'n' roll, '80s, 'quoted'", "don't, rock 'n roll, '80s, quoted"],
    ['U.S.A., e.g. this, Ph.D.', 'U.S.A., e.g. this, Ph.D.'],
    [
      'x - 1, 10² - 5, π - 3, f(x) - f(y), 2 - √2, 5 kg - 3 kg, 5m - 3m, -5 - -7, 3 - 2x, x²-1, log x - log y',
      'x minus 1, 10 squared minus 5, pi minus 3, f of x minus f of y, 2 minus the square root of 2, 5 kg minus 3 kg, 5m minus 3m, minus 5 minus minus 7, 3 minus 2x, x squared minus 1, log x minus log y',
    ],
    ['a = b - c', 'a equals b minus c'],
    ['2x - 3 = 5', '2x minus 3 equals 5'],
    ['2 - 3 = -1', '2 minus 3 equals minus 1'],
    ['a=b-c', 'a equals b minus c'],
    ['(a + b) - c', 'open parenthesis a plus b close parenthesis minus c'],
    [
      "1/4–1/2 tsp, 1/4 - 1/2, 1/2 - 1/4, Q3–Q4, Q3-Q4, 1–∞, 5'-6', 500 g - 2 kg, 5ft-6ft, 10% - 20%, -10° - -5°, 3 km/h - 5 km/h",
      'one quarter to one half tsp, one quarter to one half, one half minus one quarter, Q3 to Q4, Q3 to Q4, 1 to infinity, 5 feet to 6 feet, 500 g to 2 kg, 5ft to 6ft, 10 percent to 20 percent, minus 10 degrees to minus 5 degrees, 3 km slash h to 5 km slash h',
    ],
    [
      'Mon - Fri 9am - 5pm, May–June, Jan 5 - Feb 7, A–Z, 10:30 - 9:15, 1st - 3rd, 2019–present, 2019-05-01 - 2019-06-01',
      'Mon to Fri 9am to 5pm, May to June, Jan 5 to Feb 7, A to Z, 10:30 to 9:15, 1st to 3rd, 2019 to present, May 1, 2019 to June 1, 2019',
    ],
    [
      "1'000'000, 1’000, 1 000 000, 10 000, 12 345 km, € 12 500, 1 234 567",
      '1000000, 1000, 1000000, 10000, 12345 km, 12500 euros, 1234567',
    ],
    [
      '1⁵/₈, ½ µm, ½ kΩ, 10⁻⁶ µm',
      '1 and five eighths, one half micrometres, one half kilohms, 10 to the power of minus 6 micrometres',
    ],
    ['5! = 120', '5 factorial equals 120'],
    ['5! + 3!', '5 factorial plus 3 factorial'],
    ['(n - 1)! × n', 'open parenthesis n minus 1 close parenthesis factorial times n'],
    // What looks alike, and is prose.
    [
      'He said - and left, 2 - 3 people, Chapter 1 - Beginnings, Room 5 - 3rd floor, Step 2 - 5 ways',
      'He said, and left, 2 to 3 people, Chapter 1, Beginnings, Room 5, 3rd floor, Step 2, 5 ways',
    ],
    [
      'Plan B - 5 people, A - 5 points, A4 - a size, I - as you know - left, it was 5 - I think',
      'Plan B, 5 people, A, 5 points, A4, a size, I, as you know, left, it was 5, I think',
    ],
    [
      '10% - a record, 5 kg - 3 bags, the end) - 5 more, sizes M - 5 left',
      '10 percent, a record, 5 kg, 3 bags, the end), 5 more, sizes M, 5 left',
    ],
    [
      'x-ray, F-16, K-12, mid-19th, covid-19, t-shirt, 555-1234, phone = 555-1234',
      'x-ray, F-16, K-12, mid-19th, covid-19, t-shirt, 555 dash 1234, phone equals 555 dash 1234',
    ],
    [
      'call 555 123 4567, 600 123 456, In 2020 100 people, 100 200 300 400',
      'call 555 123 4567, 600 123 456, In 2020 100 people, 100 200 300 400',
    ],
    ['Wow 5! I am 5! Hi (all)! Buy 1 + get 1!', 'Wow 5! I am 5! Hi (all)! Buy 1 plus get 1!'],
    ["Give me 'at least 5' or 5' of it", 'Give me at least 5 or 5 of it'],
  ])('of %s', (text, spoken) => {
    expect(spokenForm(text)).toBe(spoken);
    expect(spokenForm(spoken)).toBe(spoken);
    expect(unspeakable(text)).toEqual([]);
  });

  it('has a word for each sign of the table', () => {
    for (const [sign, as] of Object.entries(SIGNS)) {
      if (HARMLESS.test(sign)) continue;
      expect([sign, spokenForm(`one ${sign} two`)]).not.toEqual([sign, 'one two']);
      expect([sign, unspeakable(sign)]).toEqual([sign, []]);
      expect(as).toBeTypeOf('string');
    }
  });

  it('says every character of the blocks concerned, knows that it is harmless, or refuses it with its place', () => {
    const lost: string[] = [];
    const odd: string[] = [];
    for (const character of BLOCKS) {
      const text = `one ${character} two`;
      const spoken = spokenForm(text);
      if (!REPERTOIRE.test(spoken)) odd.push(character);
      const [refused] = unspeakable(text);
      if (refused !== undefined) {
        if (refused.index !== 4 && !/\p{M}/u.test(character)) odd.push(character);
        continue;
      }
      const invisible = /^(?:\u034f|[\p{Cf}]|[\ufe00-\ufe0f])$/u.test(character);
      if (!invisible && !HARMLESS.test(character) && spoken === 'one two') lost.push(character);
    }
    expect({ lost, odd }).toEqual({ lost: [], odd: [] });
  });

  it('refuses other scripts, pictures, what turns the direction, and what nobody knows, each with its place and name', () => {
    const refused = (text: string) => unspeakable(text).map(({ index, codePoint: point }) => `${index} ${point}`);
    expect(refused('Hi 你好')).toEqual(['3 U+4F60', '4 U+597D']);
    expect(refused('😀 a 👩🏽‍🚀 🇩🇪 1️⃣')).toEqual(expect.arrayContaining(['0 U+1F600', '5 U+1F469']));
    expect(refused('привет')[0]).toBe('0 U+043F');
    expect(refused('سلام ٣').length).toBe(5);
    expect(refused('Ελλάδα')).toEqual(['0 U+0395']);
    for (const character of [
      '\u202e',
      '\u2066',
      '\ue000',
      '\u0378',
      '\ufdd0',
      '\u{10ffff}',
      '\u0007',
      '\u0085',
      '\ufffc',
      '5\u0336',
      'a\u0336',
      '1\u20e3',
    ]) {
      expect([character, unspeakable(`ab${character}`).length]).toEqual([character, 1]);
    }
    expect(unspeakable('ab😀')).toEqual([
      { index: 2, character: '😀', codePoint: 'U+1F600', why: 'it is an emoji or picture; say it in words' },
    ]);
  });

  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a skin tone', '👍🏽'],
    ['a profession with a skin tone', '👩🏽‍🚀'],
    ['a flag of two letters', '🇩🇪'],
    ['a flag of tags', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a flag of a flag and a picture', '🏳️‍🌈'],
    ['a picture with a part that has words', '❤️‍🔥'],
  ])('refuses %s as the one picture that is seen', (_what, picture) => {
    expect(unspeakable(`so ${picture} it is`)).toMatchObject([
      { index: 3, character: picture, why: 'it is an emoji or picture; say it in words' },
    ]);
    expect(unspeakable(picture.repeat(3))).toHaveLength(3);
  });

  it('says keys as telephones do, and a sign that stands alone by its words, as a picture too', () => {
    expect(spokenForm('press 1️⃣2️⃣, then #️⃣ or *️⃣')).toBe('press 1 2, then hash or star');
    expect(spokenForm('I ❤️ it')).toBe(spokenForm('I ❤ it'));
    expect(unspeakable('1️⃣ #️⃣ *️⃣ ❤️ ©️')).toEqual([]);
  });

  const sign = fc.constantFrom(...BLOCKS);
  const ascii = fc.integer({ min: 0x20, max: 0x7e }).map(codePoint);
  const sentence = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          'a',
          'word',
          'The ',
          ' ',
          '5',
          '10',
          '3.5',
          '1,000',
          '2026-11-26',
          '$',
          '½',
          '²',
          '-',
          '–',
          '−',
          '"',
          "'",
          '.',
          ',',
          ':',
          '(',
          ')',
          '\n',
          '°',
          'C',
          '′',
          '/',
          'A',
          'é',
          '%',
          '#',
        ),
        ascii,
        sign,
      ),
      { maxLength: 24 },
    )
    .map((parts) => parts.join(''));

  it('is the same when it is said again, and has nothing in it that an engine reads its own way', () => {
    fc.assert(
      fc.property(sentence, (text) => {
        const spoken = spokenForm(text);
        expect(spoken).toMatch(REPERTOIRE);
        expect(spokenForm(spoken)).toBe(spoken);
        expect(unspeakable(spoken)).toEqual([]);
        expect(asciiOf(spoken)).toMatch(/^[\n\x20-\x7e]*$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is quickly made, whatever the text repeats', () => {
    for (const part of [
      '!',
      '-',
      '(',
      '((',
      '👩\u200d',
      '❤\ufe0f',
      '🇩',
      '1\ufe0f\u20e3',
      '"',
      "'",
      '1',
      '1-',
      '1,',
      '1.',
      '½',
      '²',
      '$',
      'a.',
      ': ',
      'Ω',
      '\n',
      'α',
      '1 ',
      '°',
      '- ',
      '_',
      '5"',
      "1'",
      '1 000 ',
      'x - ',
      'x–',
      '5!',
      '(x)!',
      '½-',
      '=',
      '1/',
      `${'x'.repeat(50)}-`,
      '1:',
      '${',
      '([',
      'e',
    ]) {
      const ms = busyMs(() => spokenForm(part.repeat(6_000 / part.length)));
      expect([part, ms < 1_500]).toEqual([part, true]);
    }
  });

  it.each([
    ['feet', "1'".repeat(24_000)],
    ['an open parenthesis', `(${'a'.repeat(48_000)}`],
    ['raised digits', '⁵'.repeat(48_000)],
    ['spaces', `a${' '.repeat(48_000)}b`],
    ['a line with an exclamation mark at its end', `${'a '.repeat(24_000)}!`],
    ['many lines', 'a\n'.repeat(24_000)],
  ])('takes time in proportion to the text, with %s', (_what, text) => {
    expect(busyMs(() => spokenForm(text))).toBeLessThan(1_500); // looked at again from each place, they take 3 s and more
  });

  it('is worked out for what a version before accepted', () => {
    expect(wordsOf({ text: '2½ 😀' })).toBe('2 and a half');
    expect(wordsOf({ text: '2½', spoken: 'two and a bit' })).toBe('two and a bit');
  });

  it('has something to say when a letter or digit is in it', () => {
    for (const text of ['a', '7', 'é', 'ﬁ', '½', '+']) expect(isSpeakable(spokenForm(text))).toBe(true);
    for (const text of ['', '?!', '“—”', '( )']) expect(isSpeakable(spokenForm(text))).toBe(false);
  });

  it('keeps the sound of a last é for an engine without accents', () => {
    expect(asciiOf('a résumé, two cafés, Zoë')).toBe('a resumay, two cafays, Zoe');
  });
});

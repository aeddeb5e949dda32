import { greekName, SIGNS } from './signs.ts';

/**
 * What a character of a text becomes before the rules (rules.ts) read it: itself or plainer characters, or nothing at all
 * (it shows nothing), or a refusal that says what it is.
 */
export type Reading = { readonly as: string } | { readonly refused: string };

/** Shows nothing and changes nothing that is said: soft hyphen, zero-width marks, joiners, variation selectors. */
const INVISIBLE = /\u034f|[\u00ad\u061c\u200b-\u200f\u2060-\u2064\ufeff]|[\ufe00-\ufe0f]/u;
const BIDI = /[\u202a-\u202e\u2066-\u2069]/u;
const LINE_BREAK = /[\u2028\u2029]/u;
const HYPHEN = /[\u2010\u2011\ufe63]/u;
const DASH = /[\u2012-\u2015\u2e3a\u2e3b\ufe58\u2053\u301c]/u;
const SINGLE_QUOTE = /[\u2019\u2039\u203a\u02bc\u02bb\u02bd\u02c8]/u;
/** Opening quotes cannot be apostrophes, and none of the double ones means inches. */
const DOUBLE_QUOTE = /[\u2018\u201a\u201b\u00ab\u00bb\u201c-\u201f\u301d-\u301f]/u;
/** Fullwidth and mathematical letters and digits, ligatures, raised letters: their plain forms mean the same. */
const PLAIN_FORM =
  /[\uff01-\uff5e\uffe0-\uffe6\u{1d400}-\u{1d7ff}\ufb00-\ufb06\u1d2c-\u1d6a\u02b0-\u02b8\u02e1-\u02e3]/u;
const CIRCLED = /[\u2460-\u2473\u24b6-\u24ea]/u;
const IN_BRACKETS = /[\u2474-\u2487\u249c-\u24b5]/u;
const WITH_FULL_STOP = /[\u2488-\u249b]/u;
const ROMAN = /[\u2160-\u217f]/u;
const RAISED = /[\u00b2\u00b3\u00b9\u2070-\u2071\u2074-\u207f]/u;
const LOWERED = /[\u2080-\u208e\u2090-\u2093\u2095-\u209c]/u;
const FRACTION = /[\u00bc-\u00be\u2150-\u215e\u2189]/u;
const KEPT = /[\t\n\r\x20-\x7e]/u;

/** Latin letters that no decomposition leads to ASCII. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'Ae', œ: 'oe', Œ: 'Oe', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D',
  þ: 'th', Þ: 'Th', ħ: 'h', Ħ: 'H', ı: 'i', ĸ: 'k', ŋ: 'ng', Ŋ: 'Ng', ŧ: 't', Ŧ: 'T', ſ: 's', ŉ: "'n", ĳ: 'ij', Ĳ: 'IJ',
  ŀ: 'l', Ŀ: 'L', ƒ: 'f', ȷ: 'j', ǆ: 'dz', ǅ: 'Dz', Ǆ: 'DZ', ǉ: 'lj', ǈ: 'Lj', Ǉ: 'LJ', ǌ: 'nj', ǋ: 'Nj', Ǌ: 'NJ',
  ǳ: 'dz', ǲ: 'Dz', Ǳ: 'DZ', ə: 'e', Ə: 'E', ǝ: 'e',
}; // biome-ignore format: a table

/** How one character that is not a combining mark is read. */
export function readingOf(character: string): Reading {
  if (KEPT.test(character)) return { as: character };
  const sign = SIGNS[character];
  if (sign !== undefined) return { as: sign };
  if (INVISIBLE.test(character)) return { as: '' };
  if (/\p{Zs}/u.test(character)) return { as: /[\u00a0\u2007\u2009\u202f]/u.test(character) ? '\u00a0' : ' ' };
  if (LINE_BREAK.test(character)) return { as: '\n' };
  if (HYPHEN.test(character)) return { as: '-' };
  if (DASH.test(character)) return { as: '\u2013' };
  if (SINGLE_QUOTE.test(character)) return { as: "'" };
  if (DOUBLE_QUOTE.test(character)) return { as: ' ' };
  if (RAISED.test(character) || LOWERED.test(character) || FRACTION.test(character)) return { as: character };
  if (ROMAN.test(character) || greekName(character) !== undefined) return { as: character };
  return letterReading(character) ?? plainReading(character) ?? { refused: kindOf(character) };
}

/** Letters of English texts, foreign names and formulas. */
function letterReading(character: string): Reading | undefined {
  const spelt = LETTERS[character];
  if (spelt !== undefined) return { as: spelt };
  if (!/\p{Script=Latin}/u.test(character) || !/\p{L}/u.test(character)) return undefined;
  const [base = '', ...marks] = character.normalize('NFD');
  const letter = LETTERS[base] ?? base;
  if (marks.length === 0 || !/^[a-z]+$/i.test(letter)) return undefined;
  // Latin-1 letters are known to both engines' readers; others are read by their plain letter.
  return { as: character <= '\u00ff' ? character : letter };
}

function plainReading(character: string): Reading | undefined {
  const plain = character.normalize('NFKC');
  if (CIRCLED.test(character)) return { as: ` ${plain} ` };
  if (IN_BRACKETS.test(character)) return { as: ` ${plain} ` };
  if (WITH_FULL_STOP.test(character)) return { as: ` ${plain} ` };
  const enclosed = enclosedNumber(character.codePointAt(0) ?? 0);
  if (enclosed !== undefined) return { as: ` ${enclosed} ` };
  if (plain === character) return undefined;
  const letterlike = /[\u2100-\u214f\u3371-\u33ff\u{1f130}-\u{1f149}]/u.test(character) && /^[a-z]+$/i.test(plain);
  if (letterlike) return { as: /[\u3371-\u33ff\u{1f130}-\u{1f149}]/u.test(character) ? ` ${plain} ` : plain };
  if (!PLAIN_FORM.test(character)) return undefined;
  const readings = [...plain].map(readingOf);
  const refused = readings.find((one) => 'refused' in one);
  return refused ?? { as: readings.map((one) => ('as' in one ? one.as : '')).join('') };
}

/** Numbers in circles that Unicode gives no plain form. */
function enclosedNumber(point: number): number | undefined {
  if (point === 0x24ff || point === 0x1f10b || point === 0x1f10c) return 0;
  if (point >= 0x24eb && point <= 0x24f4) return point - 0x24eb + 11;
  if (point >= 0x24f5 && point <= 0x24fe) return point - 0x24f5 + 1;
  if (point >= 0x2776 && point <= 0x2793) return ((point - 0x2776) % 10) + 1;
  return undefined;
}

export const EMOJI = 'it is an emoji or picture; say it in words';

/** What a character is that cannot be spoken, in words for the person who sent it. */
function kindOf(character: string): string {
  if (BIDI.test(character)) return 'it changes the direction of writing, so what is seen is not what would be said';
  if (/\p{Cc}/u.test(character)) return 'it is a control character';
  if (/\p{Co}/u.test(character)) return 'it is a private-use character, without a meaning that is known here';
  if (/\p{Cn}/u.test(character)) return 'it is not a character of Unicode that is known here';
  if (/\p{Cs}/u.test(character)) return 'it is half of a surrogate pair';
  if (/\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}/u.test(character)) return EMOJI;
  if (
    /\p{L}|\p{M}|\p{N}/u.test(character) &&
    !/\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited}/u.test(character)
  )
    return 'it belongs to a script that the voices, which are English, cannot read';
  return 'the voices, which are English, have no words for it; say it in words';
}

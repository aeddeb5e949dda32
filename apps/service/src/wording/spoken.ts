import { EMOJI, readingOf } from './characters.ts';
import { saidDashes } from './dashes.ts';
import { saidFactorials } from './formulas.ts';
import { joinedGroups } from './groups.ts';
import { RULES } from './rules.ts';

/** A character that cannot be spoken: its place (UTF-16 units from 0), itself, its code point, and why. */
export interface Unspeakable {
  readonly index: number;
  readonly character: string;
  readonly codePoint: string;
  readonly why: string;
}

/** Combining marks that only change a letter's sound; those that strike it out are not among them. */
const ACCENTS = /^[\u0300-\u0333\u0339-\u034e\u0350-\u036f]+$/u;

/** The longest run of Greek letters that is read by their names; more is a word of Greek. */
const MOST_GREEK = 3;

/**
 * Every character of a text that cannot be spoken, in order.
 * @param most how many are looked for
 */
export function unspeakable(text: string, most = Number.POSITIVE_INFINITY): Unspeakable[] {
  const found: Unspeakable[] = [];
  for (const { 0: cluster, index } of text.matchAll(CLUSTER)) {
    const why = refusalOf(cluster);
    if (why === undefined) continue;
    const point = cluster.codePointAt(0) ?? 0;
    found.push({
      index,
      character: cluster,
      codePoint: `U+${point.toString(16).toUpperCase().padStart(4, '0')}`,
      why,
    });
    if (found.length >= most) break;
  }
  return found;
}

/** A picture as it may stand in a sequence: with a skin tone, or with the tags that make a flag of it. */
const PICTURE = String.raw`\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?[\u{e0020}-\u{e007f}]*`;
/** What is seen as one picture (a flag, or pictures that are joined), a run of Greek letters, or one character with the marks that combine with it. */
const CLUSTER = new RegExp(
  String.raw`\p{Regional_Indicator}{2}|${PICTURE}(?:\u200d${PICTURE})*\p{M}*|\p{Script=Greek}{4,}|[\s\S]\p{M}*`,
  'gu',
);
const KEYCAP = /^([0-9#*])\ufe0f\u20e3$/u;

/** Keys as telephones call them. */
const KEYS: Readonly<Record<string, string>> = { '#': 'hash', '*': 'star' };
const IN_PICTURES = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u{e0020}-\u{e007f}]/u;

function refusalOf(cluster: string): string | undefined {
  const reading = readingOfCluster(cluster);
  return 'refused' in reading ? reading.refused : undefined;
}

function readingOfCluster(cluster: string): ReturnType<typeof readingOf> {
  const points = [...cluster];
  if (points.length > MOST_GREEK && points.every((point) => /\p{Script=Greek}/u.test(point))) {
    return { refused: 'it is a word in Greek, which the voices, which are English, cannot read' };
  }
  const key = KEYCAP.exec(cluster)?.[1];
  if (key !== undefined) return { as: ` ${KEYS[key] ?? key} ` };
  // One part of it may have words (a heart), the whole has not (a heart on fire).
  const pictures = points.filter((point) => IN_PICTURES.test(point));
  if (pictures.length > 1) return { refused: EMOJI };
  const [base = '', ...marks] = [...cluster.normalize('NFC')];
  const seen = marks.filter((mark) => !/[\ufe00-\ufe0f\u034f]/u.test(mark)).join('');
  if (seen === '') return readingOf(base);
  const reading = readingOf(base);
  if ('refused' in reading) return reading;
  if (ACCENTS.test(seen) && /^\p{Script=Latin}+$/u.test(reading.as)) return reading;
  return { refused: 'it has a mark on it that the voices, which are English, have no words for' };
}

/**
 * A text as it is said, for every engine: signs in words, typographic characters in plain ones, white space and punctuation
 * tidied. Letters of Latin-1, digits and `. , ; : ! ? ' ( ) -` are all that is in it. Said again it is the same.
 * What cannot be spoken (see `unspeakable`) is left out.
 */
export function spokenForm(text: string): string {
  let spoken = '';
  for (const [cluster] of inContext(withInches(text)).replace(MINUS, '$1−').matchAll(CLUSTER)) {
    const reading = readingOfCluster(cluster);
    spoken += 'as' in reading ? reading.as : ' ';
  }
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const before = spoken;
    spoken = inContext(spoken);
    for (const [pattern, said] of RULES) spoken = spoken.replace(pattern, said as string);
    spoken = spoken.trim();
    if (spoken === before) break;
  }
  return spoken;
}

/** What characters mean by what stands around them, before they become words. */
function inContext(text: string): string {
  return saidDashes(saidFactorials(joinedGroups(text)));
}

/** A hyphen or dash right before a number or a quantity that is no ASCII digit, with nothing to subtract from: it would be lost beside their words. */
const MINUS = /(^|[\s(["'=<>/*^+,:|{×÷·±≤≥≈≠])[-‐-–](?=[\p{No}\p{Nl}∞√∛∜∑∏∫∂∇∆\p{Script=Greek}])/gmu;

/** A word processor makes `”` of inches, too: it means them behind feet, and behind a number where it closes no quotation. */
function withInches(text: string): string {
  let open = false;
  return text.replace(/[“„‟”]/gu, (mark, at: number) => {
    const before = text.slice(Math.max(0, at - 20), at);
    const inches = mark === '”' && (FEET.test(before) || (!open && NUMBER.test(before)));
    if (!inches) open = mark !== '”' || !open;
    return inches ? '″' : mark;
  });
}

const NUMBER = /[\d¼-¾⅐-⅞]$/u;
const FEET = /\d ?['’′] ?\d+(?:\.\d+)?[¼-¾⅐-⅞]?$/u;

/** What one rule makes may be for another to read; after so many passes nothing is left to do. */
const MOST_PASSES = 6;

/** Whether there is anything to say: at least one letter or digit. */
export function isSpeakable(spoken: string): boolean {
  return /[\p{L}\d]/u.test(spoken);
}

/** The words that are said for a soundbite: as it was accepted, or of one that a version before accepted, worked out now. */
export function wordsOf({ text, spoken }: { readonly text: string; readonly spoken?: string | undefined }): string {
  return spoken ?? spokenForm(text);
}

/** An `é` that ends a word is said; without it `résumé` would be said as `resume`. */
const LAST_E = /(?<=\p{L})ée?(?=s?(?!\p{L}))/gu;

/** A spoken form in ASCII, for an engine that knows no other letters (Flite). */
export function asciiOf(spoken: string): string {
  return spoken.normalize('NFC').replace(LAST_E, 'ay').normalize('NFKD').replace(/\p{M}/gu, '');
}

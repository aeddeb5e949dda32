import { voiceNamed } from '../engines/voices.ts';

/**
 * How long a spoken form takes to say, from above: no engine's voice may need more, so that what is accepted can be made. In
 * seconds at pace 1. heard.journey.test.ts holds the figures to the real length of Flite's voices; Polly speaks as fast as these.
 */
const CONSONANT = 0.085;
const VOWEL = 0.12;
/** At the end of a syllable it may be said as its name: `iota`. */
const OPEN_VOWEL = 0.16;
/** A vowel behind a vowel may be a syllable of its own, and an `x` is two sounds. */
const LONG_LETTER = 0.2;
/** Nothing is swallowed of what is no English word: a letter of a longer one than these may be a whole sound. */
const LONGEST_WORD = 12;
const WORD = 0.06;
/** Hardly heard between others, each with its space. */
const COMMON_WORDS = new Set(
  'a i an and are as at be but by do for had have her if in is it me of on or that the their then there they to up was we were what when who with would you'.split(
    ' ',
  ),
);
const COMMON_WORD = 0.24;
/** The other words of two letters; what is none is an abbreviation, and `ca` is said as California. */
const SHORT_WORDS = new Set('ah am go he hi ho my no oh ow so us ye'.split(' '));
/** Abbreviations that look like words, and are said in full or by their letters. */
const ABBREVIATIONS = new Set('apr aug calif dec dep est feb hiv jan jas mar nih nov oct sep sept usa vip'.split(' '));
/** A letter that is said by its name, as in acronyms and what nobody can pronounce. */
const SPELT = 0.42;
const SPELT_W = 0.65;
/** 7 digits are said in 12 words. */
const DIGIT = 0.85;
const PAUSES: Readonly<Record<string, number>> = {
  '.': 0.6,
  '!': 0.6,
  '?': 0.6,
  ';': 0.45,
  ':': 0.45,
  ',': 0.45,
  '(': 0.3,
  ')': 0.3,
  '-': 0.2,
  '\n': 0.3,
};
/** Silence before and after. */
const AROUND = 0.6;

/** Seconds of each UTF-16 unit of a spoken form, at the pace of a voice of ours. */
export function secondsOfUnits(spoken: string, voice: string): Float64Array {
  const { slowness } = voiceNamed(voice);
  const seconds = new Float64Array(spoken.length);
  for (const { 0: run, index } of spoken.matchAll(/\p{L}+|[^\p{L}]/gu)) {
    if (/\p{L}/u.test(run)) {
      const secondsOf = howSaid(run);
      for (let at = 0; at < run.length; at++) seconds[index + at] = slowness * secondsOf(run, at);
    } else seconds[index] = slowness * (/\d/.test(run) ? DIGIT : (PAUSES[run] ?? 0));
  }
  return seconds;
}

/** Seconds that the whole takes in a voice of ours at a pace (1 is the voice's own). */
export function spokenSeconds(spoken: string, voice: string, speed: number): number {
  return (secondsOfUnits(spoken, voice).reduce((sum, one) => sum + one, 0) + AROUND) / speed;
}

type SecondsOf = (word: string, at: number) => number;

/** The seconds of each letter, those of the word itself with its first. */
function howSaid(word: string): SecondsOf {
  if (COMMON_WORDS.has(word.toLowerCase())) return () => COMMON_WORD / word.length;
  const secondsOf = isSpelt(word) ? spelt : sounded;
  return (_, at) => secondsOf(word, at) + (at === 0 ? WORD : 0);
}

function spelt(word: string, at: number): number {
  return /w/i.test(word[at] ?? '') ? SPELT_W : SPELT;
}

function sounded(word: string, at: number): number {
  const letter = word[at] ?? '';
  const isVowel = VOWELS.test(letter);
  if (at >= LONGEST_WORD || /x/i.test(letter) || (isVowel && VOWELS.test(word[at - 1] ?? ''))) return LONG_LETTER;
  if (!isVowel) return CONSONANT;
  return OPEN.test(word.slice(at + 1)) ? OPEN_VOWEL : VOWEL;
}

/** What follows a vowel that ends its syllable: nothing, or one consonant and a vowel that is not a silent `e`. */
const OPEN = /^(?:$|[^aeiouyx](?!es?$)[aeiouy])/i;
const VOWELS = /[aeiouyÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ÿ]/i;

/** Letters that may be said one by one: one alone, capitals, no vowel, or consonants that English does not put together. */
function isSpelt(word: string): boolean {
  const letters = word.normalize('NFD').replace(/\p{M}/gu, '');
  const lower = letters.toLowerCase();
  if ((letters.length <= 2 && !SHORT_WORDS.has(lower)) || ABBREVIATIONS.has(lower)) return true;
  if (/[A-Z].*[A-Z]/.test(letters) || !/[aeiouy]/i.test(letters)) return true;
  return !SAYABLE.test(letters);
}

/** A word that begins and ends as English words do. Others may be too, and are then only estimated as too long. */
const ONSETS =
  'b|bl|br|c|ch|chr|cl|cr|d|dr|f|fl|fr|g|gl|gr|h|j|k|kn|l|m|n|p|ph|pl|pr|qu|r|s|sc|sch|scr|sh|sk|sl|sm|sn|sp|spl|spr|squ|st|str|sw|t|th|thr|tr|tw|v|w|wh|wr|y|z';
const CODAS =
  'b|c|ch|ck|cks|ct|cts|d|ds|f|ff|fs|ft|fts|g|gs|h|k|ks|l|ld|lds|lf|lk|ll|lls|lm|lp|ls|lt|lts|m|mp|mps|ms|n|nd|nds|ng|ngs|nk|nks|ns|nt|nts|p|ps|pt|pts|r|rd|rds|rk|rks|rl|rm|rms|rn|rns|rs|rt|rts|s|sh|sk|sks|ss|st|sts|t|tch|th|ths|ts|tt|v|w|wl|wn|ws|x|z|ght|ghts|rth|rst|nth|nths';
const SAYABLE = new RegExp(`^(?:${ONSETS})?[aeiouy](?:[a-z]*[aeiouy])?(?:${CODAS})?$`, 'i');

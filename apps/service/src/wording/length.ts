/**
 * How long a spoken form takes to say, from above: no engine's voice may need more, so that what is accepted can be made. In
 * seconds at pace 1. The figures are a fifth and more above the slowest of Flite's voices (length.test.ts holds them to it); Polly
 * speaks as fast as these.
 */
const LETTER = 0.09;
const WORD = 0.06;
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

/** Seconds of each UTF-16 unit of a spoken form. */
export function secondsOfUnits(spoken: string): Float64Array {
  const seconds = new Float64Array(spoken.length);
  for (const { 0: run, index } of spoken.matchAll(/\p{L}+|[^\p{L}]/gu)) {
    if (/\p{L}/u.test(run)) {
      const spelt = isSpelt(run);
      for (let at = 0; at < run.length; at++)
        seconds[index + at] = spelt ? (/w/i.test(run[at] ?? '') ? SPELT_W : SPELT) : LETTER;
      seconds[index] = (seconds[index] ?? 0) + WORD;
    } else seconds[index] = /\d/.test(run) ? DIGIT : (PAUSES[run] ?? 0);
  }
  return seconds;
}

/** Seconds that the whole takes at a pace (1 is the voice's own). */
export function spokenSeconds(spoken: string, speed: number): number {
  return (secondsOfUnits(spoken).reduce((sum, one) => sum + one, 0) + AROUND) / speed;
}

/** Letters that may be said one by one: one alone, capitals, no vowel, or consonants that English does not put together. */
function isSpelt(word: string): boolean {
  const letters = word.normalize('NFD').replace(/\p{M}/gu, '');
  if (letters.length === 1 || /[A-Z].*[A-Z]/.test(letters) || !/[aeiouy]/i.test(letters)) return true;
  return !SAYABLE.test(letters);
}

/** A word that begins and ends as English words do. Others may be too, and are then only estimated as too long. */
const ONSETS =
  'b|bl|br|c|ch|chr|cl|cr|d|dr|f|fl|fr|g|gl|gr|h|j|k|kn|l|m|n|p|ph|pl|pr|qu|r|s|sc|sch|scr|sh|sk|sl|sm|sn|sp|spl|spr|squ|st|str|sw|t|th|thr|tr|tw|v|w|wh|wr|y|z';
const CODAS =
  'b|c|ch|ck|cks|ct|cts|d|ds|f|ff|fs|ft|fts|g|gs|h|k|ks|l|ld|lds|lf|lk|ll|lls|lm|lp|ls|lt|lts|m|mp|mps|ms|n|nd|nds|ng|ngs|nk|nks|ns|nt|nts|p|ps|pt|pts|r|rd|rds|rk|rks|rl|rm|rms|rn|rns|rs|rt|rts|s|sh|sk|sks|ss|st|sts|t|tch|th|ths|ts|tt|v|w|wl|wn|ws|x|z|ght|ghts|rth|rst|nth|nths';
const SAYABLE = new RegExp(`^(?:${ONSETS})?[aeiouy](?:[a-z]*[aeiouy])?(?:${CODAS})?$`, 'i');

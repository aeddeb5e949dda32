/** Where a text is best parted, from best to worst: after a sentence, after a clause, at a space. */
const PARTINGS: readonly RegExp[] = [/[.!?…]["'”’)\]]*\s/gu, /[,;:–—]\s/gu, /\s/gu];

type Weigh = (character: string, at: number) => number;

/**
 * Parts a text into pieces whose weight is at most `limit`, at the best place that there is. Nothing but white space at the
 * places of parting is lost. A piece never begins or ends within a code point.
 * @param weigh the weight of one code point, which stands at this place (UTF-16 units) of the text; at most `limit`
 */
export function chunk(text: string, limit: number, weigh: Weigh): string[] {
  const pieces: string[] = [];
  let rest = text.trimEnd();
  while (rest.trim() !== '') {
    rest = rest.trimStart();
    const begin = text.trimEnd().length - rest.length;
    const fits = prefixThatFits(rest, limit, (character, at) => weigh(character, begin + at));
    const end = fits === rest.length ? fits : bestParting(rest, fits);
    pieces.push(rest.slice(0, end).trim());
    rest = rest.slice(end);
  }
  return pieces;
}

/** Length (in UTF-16 units) of the longest prefix that weighs at most `limit`; at least one code point. */
function prefixThatFits(text: string, limit: number, weigh: Weigh): number {
  let weight = 0;
  let length = 0;
  for (const character of text) {
    weight += weigh(character, length);
    if (weight > limit && length > 0) return length;
    length += character.length;
  }
  return length;
}

/** The last place at which to part `text` within its first `fits` units; `fits` itself when there is none. */
function bestParting(text: string, fits: number): number {
  const head = text.slice(0, fits + 1); // a space right behind what fits is a good place too
  for (const parting of PARTINGS) {
    let end = 0;
    for (const match of head.matchAll(parting)) end = match.index + match[0].length;
    if (end > 0) return Math.min(end, fits);
  }
  return fits;
}

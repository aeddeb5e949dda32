import type { Utterance } from './polly-double-request.ts';
import { FLITE_RATE, MOST_SAMPLES } from './polly-double-sound.ts';

/** One piece of an utterance: a text for one call of Flite, or samples of silence. */
export type Piece = { readonly text: string; readonly speed: number } | { readonly silence: number };

/**
 * The input of one call of Flite. Its memory grows with the text (150 MB at 3,000 letters), and so does the time for which a
 * long text keeps a voice from the others: a letter counts 1, anything else is said as a word or more, and counts 4.
 */
const PIECE_WEIGHT = 300;
const WORD_WEIGHT = 4;

/** An utterance in the pieces that are said one by one and joined; what its silence alone leaves no time for is cut off. */
export function piecesOf({ script }: Utterance): Piece[] {
  let left = MOST_SAMPLES;
  return allPieces(script).flatMap((piece): Piece[] => {
    if (left === 0) return [];
    if ('text' in piece) return [piece];
    const silence = Math.min(piece.silence, left);
    left -= silence;
    return [{ silence }];
  });
}

function allPieces(script: Utterance['script']): Piece[] {
  return script.segments.flatMap((segment): Piece[] =>
    segment.kind === 'silence'
      ? [{ silence: Math.round((segment.milliseconds * FLITE_RATE) / 1_000) }]
      : part(readable(segment.text)).map((text) => ({ text, speed: segment.speed })),
  );
}

/** The nearest ASCII form of a text; what has none becomes a space. */
function readable(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[–—]/g, ', ')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
}

/** Texts of at most PIECE_WEIGHT, parted after a sentence, else at a space, else anywhere. */
function part(text: string): string[] {
  const found: string[] = [];
  let rest = text;
  for (let fits = fitting(rest); fits < rest.length; fits = fitting(rest)) {
    const head = rest.slice(0, fits);
    const end = [/.*[.!?;:]\s/s, /.*\s/s]
      .map((place) => place.exec(head)?.[0].length ?? 0)
      .find((length) => length > 0);
    found.push(rest.slice(0, end ?? fits).trim());
    rest = rest.slice(end ?? fits).trim();
  }
  return [...found, rest].filter((piece) => piece !== '');
}

/** How many of a text's characters weigh at most PIECE_WEIGHT. */
function fitting(text: string): number {
  let weight = 0;
  for (let place = 0; place < text.length; place += 1) {
    weight += /[a-z\s]/i.test(text[place] ?? '') ? 1 : WORD_WEIGHT;
    if (weight > PIECE_WEIGHT) return place;
  }
  return text.length;
}

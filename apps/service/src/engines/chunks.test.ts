import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunk } from './chunks.ts';

const squeeze = (text: string) => text.replace(/\s+/gu, '');
const weight = (text: string, weigh: (character: string) => number) => [...text].reduce((sum, c) => sum + weigh(c), 0);
const prose = fc
  .array(fc.oneof(fc.constantFrom('. ', ', ', ' ', '! ', '\n', '."  '), fc.string({ unit: 'grapheme', maxLength: 12 })))
  .map((parts) => parts.join(''));

describe('a text in pieces', () => {
  it('loses nothing but white space, weighs at most the limit, has no empty piece', () => {
    const weigh = (character: string) => (character === '&' ? 5 : character.length);
    fc.assert(
      fc.property(prose, fc.integer({ min: 5, max: 60 }), (text, limit) => {
        const pieces = chunk(text, limit, weigh);
        expect(squeeze(pieces.join(''))).toBe(squeeze(text));
        for (const piece of pieces) {
          expect(piece.trim()).not.toBe('');
          expect(piece.isWellFormed()).toBe(text.isWellFormed());
          expect(weight(piece, weigh)).toBeLessThanOrEqual(limit);
        }
      }),
    );
  });

  it('parts after sentences rather than clauses, after clauses rather than words', () => {
    const one = () => 1;
    expect(chunk('One two. Three four, five six', 20, one)).toEqual(['One two.', 'Three four, five six']);
    expect(chunk('Three four, five six', 15, one)).toEqual(['Three four,', 'five six']);
    expect(chunk('seven eight nine', 11, one)).toEqual(['seven eight', 'nine']);
    expect(chunk('abcdefghij', 4, one)).toEqual(['abcd', 'efgh', 'ij']);
    expect(chunk('He said "Go." Then left.', 15, one)).toEqual(['He said "Go."', 'Then left.']);
  });

  it('leaves a text that fits alone', () => {
    expect(chunk(' Short. Sweet. ', 100, () => 1)).toEqual(['Short. Sweet.']);
    expect(chunk(' \n ', 100, () => 1)).toEqual([]);
  });
});

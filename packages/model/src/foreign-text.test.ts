import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './digest.ts';
import { cutText, keptDetail, longestDetail, storable } from './foreign-text.ts';

describe('a text of others', () => {
  it('loses NULs and half surrogates, and nothing else', () => {
    expect(storable({ 'a\0': ['b\ud83d', '🎉', 1, null, { c: 'é' }] })).toEqual({
      'a\u{FFFD}': ['b\u{FFFD}', '🎉', 1, null, { c: 'é' }],
    });
  });

  it('is always canonical JSON that Postgres takes', () => {
    const text = fc.string({ unit: 'binary' }).map((one) => `${one.slice(1)}\0${one.slice(0, 1)}\udc00`);
    fc.assert(
      fc.property(fc.dictionary(text, text), (value) => {
        const json = canonicalJson(storable(value));
        expect(json).not.toContain('\\u0000');
        expect(json.isWellFormed()).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('is cut between code points', () => {
    expect(cutText('🎉🎉🎉', 3)).toBe('🎉🎉🎉');
    expect(cutText('🎉🎉🎉', 2)).toBe('🎉🎉…');
    expect(cutText('abc', 3)).toBe('abc');
    expect(Array.from(keptDetail('🎉'.repeat(1_000_000)))).toHaveLength(longestDetail + 1);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpeakable, plainEnglish } from './speakable.ts';

describe('plain English', () => {
  it('is ASCII, whatever it is made from', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(plainEnglish(text)).toMatch(/^[\t\n\r\x20-\x7e]*$/);
      }),
    );
    expect(plainEnglish('“Ça va?” – naïve Straße… 5 €')).toBe('"Ca va?"  -  naive Strasse... 5  euros ');
  });

  it('is there when a letter or digit is', () => {
    for (const text of ['a', '7', 'é', 'ﬁ', '½']) expect(isSpeakable(text)).toBe(true);
    for (const text of ['', '?!', '你好', '\u{1f600}', 'привет']) expect(isSpeakable(text)).toBe(false);
  });
});

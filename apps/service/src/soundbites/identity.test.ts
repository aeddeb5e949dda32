import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isId, newSoundbiteId, speechDigest } from './identity.ts';

describe('an id', () => {
  it('has the form of an id, is new each time, and sorts by time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 43 }), fc.integer({ min: 1, max: 2 ** 40 }), (time, later) => {
        const [one, two] = [newSoundbiteId(time), newSoundbiteId(time + later)];
        expect(isId(one)).toBe(true);
        expect(one < two).toBe(true);
        expect(newSoundbiteId(time)).not.toBe(one);
      }),
    );
    for (const text of [
      '',
      'x',
      newSoundbiteId(0).toUpperCase(),
      `${newSoundbiteId(1)}\n`,
      newSoundbiteId(1).replaceAll('-', ''),
    ]) {
      expect(isId(text)).toBe(false);
    }
  });
});

describe('the digest of a speech', () => {
  it('changes with everything that changes the sound, and with nothing else', () => {
    const speech = { text: 'Hi', voice: 'amelia', format: 'wav', speed: 1 } as const;
    const digest = speechDigest(speech, 'flite-1', 'slt');
    expect(speechDigest({ ...speech }, 'flite-1', 'slt')).toBe(digest);
    const [sign, words] = ['½ cup', 'one half cup'].map((text) => speechDigest({ ...speech, text }, 'flite-1', 'slt'));
    expect(sign).toBe(words);
    const others = [
      speechDigest({ ...speech, text: 'Ho' }, 'flite-1', 'slt'),
      speechDigest({ ...speech, format: 'mp3' }, 'flite-1', 'slt'),
      speechDigest({ ...speech, speed: 1.1 }, 'flite-1', 'slt'),
      speechDigest(speech, 'flite-2', 'slt'),
      speechDigest(speech, 'flite-1', 'rms'),
    ];
    expect(new Set([digest, ...others]).size).toBe(6);
  });
});

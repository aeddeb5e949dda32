import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from './digest.ts';
import { rollbackTarget, type SucceededPromotion } from './rollback-target.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => digestOf(name)) as [Digest, Digest, Digest];
const promote = (release: Digest, previous: Digest | null): SucceededPromotion => ({
  kind: 'promote',
  release,
  previous,
});
const rollback = (release: Digest, previous: Digest): SucceededPromotion => ({ kind: 'rollback', release, previous });

describe('rollbackTarget', () => {
  it('is the release that was live before', () => {
    expect(rollbackTarget([promote(b, a), promote(a, null)], b)).toBe(a);
  });

  it('is nothing where only one release ever was', () => {
    expect(rollbackTarget([promote(a, null)], a)).toBeNull();
    expect(rollbackTarget([], null)).toBeNull();
  });

  it('never returns to a release that a rollback left', () => {
    expect(rollbackTarget([rollback(a, b), promote(b, a), promote(a, null)], a)).toBeNull();
    expect(rollbackTarget([promote(c, a), rollback(a, b), promote(b, a), promote(a, null)], c)).toBe(a);
  });
});

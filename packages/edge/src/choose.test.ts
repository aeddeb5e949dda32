import { describe, expect, it } from 'vitest';
import { byShare, upstreamsAt } from './choose.ts';
import { http, releaseOfDigit } from './testing.ts';

const a = http({ url: 'http://127.0.0.1:1', release: releaseOfDigit('a') }, 0.2);
const b = http({ url: 'http://127.0.0.1:2', release: releaseOfDigit('b') }, 0.8);
const resting = http({ url: 'http://127.0.0.1:3', release: releaseOfDigit('c') }, 0);
const none = new Set<string>();

/** A generator with a seed (mulberry32), so that a run can be told again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('byShare', () => {
  it('gives each its share of many requests', () => {
    const random = seeded(20_261_124);
    const n = 20_000;
    const hits = Array.from({ length: n }, () => byShare([a, b, resting], none, random()));
    const ofA = hits.filter((upstream) => upstream === a).length;
    // Five standard deviations of the binomial distribution.
    expect(Math.abs(ofA - n * 0.2)).toBeLessThan(5 * Math.sqrt(n * 0.2 * 0.8));
    expect(hits.filter((upstream) => upstream === b).length).toBe(n - ofA);
  });

  it('never gives traffic to one with share 0, whatever the dice say', () => {
    for (const random of [0, 0.5, 0.999_999_999]) expect(byShare([resting, a, b], none, random)).not.toBe(resting);
    expect(byShare([resting], none, 0)).toBeNull();
    expect(byShare([], none, 0)).toBeNull();
  });

  it('turns to another when one has failed, and comes back when all have', () => {
    for (const random of [0, 0.1, 0.99]) expect(byShare([a, b], new Set([b.url]), random)).toBe(a);
    expect(byShare([a, b], new Set([a.url, b.url]), 0.5)).toBe(b);
  });
});

describe('upstreamsAt', () => {
  const admin = { ...a, path: '/admin' };
  const users = { ...b, path: '/admin/users' };

  it.each([
    ['/', [resting]],
    ['/administer', [resting]],
    ['/admin', [admin]],
    ['/admin/', [admin]],
    ['/admin/user', [admin]],
    ['/admin/users', [users]],
    ['/admin/users/7', [users]],
    ['/Admin', [resting]],
  ])('%s: the longest path that it is below, else what has the rest', (path, expected) => {
    expect(upstreamsAt(path, [admin, resting, users])).toEqual(expected);
  });

  it('has none for the rest where each has a path', () => {
    expect(upstreamsAt('/', [admin, users])).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Digest, digestOf } from './digest.ts';
import { readyReleases, rollbackTarget, type SucceededPromotion, wayBack } from './way-back.ts';

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => digestOf(name)) as [Digest, Digest, Digest, Digest];

/** A history, oldest first: a release is promoted, `'back'` is a rollback to the usual target. Newest first as the function takes it. */
function after(...changes: readonly (Digest | 'back')[]): SucceededPromotion[] {
  const history: SucceededPromotion[] = [];
  for (const change of changes) {
    const previous = history[0]?.release ?? null;
    const release = change === 'back' ? rollbackTarget(history, previous) : change;
    if (release) history.unshift({ kind: change === 'back' ? 'rollback' : 'promote', release, previous });
  }
  return history;
}
const target = (history: readonly SucceededPromotion[]) => rollbackTarget(history, history[0]?.release ?? null);

describe('the usual target of a rollback', () => {
  it('is the release that was live before', () => {
    expect(target(after(a, b))).toBe(a);
  });

  it('is nothing where only one release ever was', () => {
    expect(target(after(a))).toBeNull();
    expect(target(after())).toBeNull();
  });

  it('is not the release that a rollback left, unless that was promoted again on purpose', () => {
    expect(target(after(a, b, 'back'))).toBeNull();
    expect(target(after(a, b, 'back', c))).toBe(a);
    expect(target(after(a, b, 'back', b, c))).toBe(b);
  });

  it('stays where it was when what is live is promoted once more', () => {
    expect(target(after(a, b, b))).toBe(a);
  });

  it('is there twice in a row', () => {
    expect(after(a, b, c, 'back', 'back').map(({ release }) => release)).toEqual([a, b, c, b, a]);
  });

  it('is not a release that is gone from the target', () => {
    expect(wayBack(after(a, b, c, d))).toEqual([d, c, b]);
    expect(wayBack(after(a, b, c, d, 'back'))).toEqual([c, b]);
    expect(target(after(a, b, c, d, 'back', 'back'))).toBeNull();
  });

  it('is nothing that was live before a migration; what comes after it is gone back through', () => {
    const migrated = (history: SucceededPromotion[], release: Digest): SucceededPromotion[] => [
      { kind: 'promote', release, previous: history[0]?.release ?? null, migrated: true },
      ...history,
    ];
    const floor = migrated(after(a, b), c);
    expect([target(floor), wayBack(floor)]).toEqual([null, [c]]);
    const later: SucceededPromotion[] = [{ kind: 'promote', release: d, previous: c }, ...floor];
    expect([target(later), wayBack(later)]).toEqual([c, [d, c]]);
    const insisted: SucceededPromotion[] = [{ kind: 'promote', release: a, previous: d }, ...later];
    expect(wayBack(insisted)).toEqual([a, d, c]);
  });

  it('leaves out what lies between where a rollback names an older release', () => {
    const history: SucceededPromotion[] = [{ kind: 'rollback', release: a, previous: c }, ...after(a, b, c)];
    expect(wayBack(history)).toEqual([a]);
  });

  it('always stands ready, and few do, whatever happened', () => {
    const change = fc.oneof(fc.constantFrom<Digest | 'back'>(a, b, c, d), fc.constant('back' as const));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        let ready = new Set<Digest>();
        let history: SucceededPromotion[] = [];
        for (const one of changes) {
          const previous = history[0]?.release ?? null;
          const release = one === 'back' ? rollbackTarget(history, previous) : one;
          if (!release) continue;
          // A promotion publishes; a rollback finds what is there.
          if (one === 'back') expect(ready).toContain(release);
          else ready.add(release);
          history = [{ kind: one === 'back' ? 'rollback' : 'promote', release, previous }, ...history];
          ready = new Set(wayBack(history).filter((digest) => ready.has(digest)));
          expect(ready).toEqual(new Set(wayBack(history)));
          expect(ready).toContain(release);
          expect(ready.size).toBeLessThanOrEqual(readyReleases);
        }
      }),
      { numRuns: 300 },
    );
  });
});

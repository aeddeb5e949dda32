import { expect, it } from 'vitest';
import { type Digest, digestOf } from './digest.ts';
import { type RollbackFacts, rollbackAfter } from './rollback-verdict.ts';
import type { SucceededPromotion } from './way-back.ts';

const [a, b, c] = ['a', 'b', 'c'].map((name) => digestOf(name)) as [Digest, Digest, Digest];
const promoted = (release: Digest, previous: Digest | null, migrated = false): SucceededPromotion => ({
  kind: 'promote',
  ...{ release, previous, migrated },
});

/** Of `c`, where `b` is live after `a`. */
const verdict = (more: Partial<RollbackFacts> = {}) =>
  rollbackAfter({
    ...{ environment: 'qa', release: c, live: b, migrates: false, floor: null, blocks: [] },
    history: [promoted(b, a), promoted(a, null)],
    ...more,
  });
const blocked = (release: Digest) => ({ release, blocked: true, reason: 'wrong', by: 'ana' });

it('leads to what is live now; of the live release, to what was before it', () => {
  expect(verdict()).toEqual({ to: b, obstacles: [] });
  expect(verdict({ release: b })).toEqual({ to: a, obstacles: [] });
  expect(verdict({ release: a })).toEqual({ to: b, obstacles: [] });
});

it('leads nowhere from the first release', () => {
  const obstacle = { code: 'nothing-to-roll-back-to', reason: 'no other release stands ready in qa' };
  expect(verdict({ live: null, history: [] })).toMatchObject({ to: null, obstacles: [obstacle] });
  expect(verdict({ release: a, live: a, history: [promoted(a, null)] })).toMatchObject({
    to: null,
    obstacles: [obstacle],
  });
});

it('ends where the release migrates the data, or where the live one has', () => {
  const floor = (release: Digest) => ({
    code: 'rollback-below-floor',
    reason: expect.stringContaining(`${release.slice(7, 19)} has migrated the data of qa`),
  });
  expect(verdict({ migrates: true })).toMatchObject({ to: null, obstacles: [floor(c)] });
  const history = [promoted(b, a, true), promoted(a, null)];
  expect(verdict({ release: b, history, floor: b })).toMatchObject({ to: null, obstacles: [floor(b)] });
  expect(verdict({ history, floor: b })).toEqual({ to: b, obstacles: [] });
  // The first release of all migrates nothing that anybody would miss.
  expect(verdict({ migrates: true, live: null, history: [] })).toMatchObject({
    obstacles: [{ code: 'nothing-to-roll-back-to' }],
  });
});

it('passes over what is blocked, and says so', () => {
  const obstacle = { code: 'release-blocked', hint: expect.stringContaining(`soundbite unblock ${b.slice(7, 19)}`) };
  expect(verdict({ blocks: [blocked(b)] })).toMatchObject({ to: a, obstacles: [obstacle] });
  expect(verdict({ blocks: [blocked(b), blocked(a)] })).toMatchObject({ to: null, obstacles: [obstacle, {}] });
  expect(verdict({ blocks: [blocked(a)] })).toEqual({ to: b, obstacles: [] });
  expect(verdict({ blocks: [{ ...blocked(b), blocked: false }] })).toEqual({ to: b, obstacles: [] });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { fakeWorld } from '../parts/engine/fakes.ts';
import type { Row } from './memory-records.ts';
import { type CallFate, type History, releases, simulate, type Wish } from './simulation.ts';

/** `npm run properties -- --seed N` runs 10,000 histories; the test command a few. */
const runs = Number(process.env.SOUNDBITE_PROPERTIES ?? 150);
const seed = Number(process.env.SOUNDBITE_SEED ?? Math.floor(Date.now() / 86_400_000));

const release = fc.integer({ min: 0, max: releases - 1 });
const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ is: fc.constant('promote' as const), release }) },
  { weight: 3, arbitrary: fc.constant({ is: 'rollback' as const, release: null }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('rollback' as const), release }) },
  { weight: 1, arbitrary: fc.constant({ is: 'abort' as const }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('clock' as const), byMs: fc.integer({ min: -1e8, max: 1e8 }) }) },
);
const fate: fc.Arbitrary<CallFate> = fc.oneof(
  { weight: 30, arbitrary: fc.constant('goes on' as const) },
  { weight: 3, arbitrary: fc.constantFrom<CallFate>('is asked', 'is asked', 'fails', 'wakes') },
  { weight: 2, arbitrary: fc.constantFrom<CallFate>('dies before', 'dies after', 'sleeps') },
);
const history: fc.Arbitrary<History> = fc.record({
  wishes: fc.array(wish, { minLength: 1, maxLength: 12, size: 'max' }),
  fates: fc.array(fate, { maxLength: 400, size: 'max' }),
  lambda: fc.boolean(),
  watch: fc.constantFrom(0, 5),
});

it(`whatever is asked and whoever dies, one release runs, the recorded one, and its way back is ready (seed ${seed})`, {
  timeout: 3_600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(history, async (one) => {
      const { world, store, name, takes, changedBy } = await simulate(one);
      const shares = world.weights.get(name) ?? [];
      expect(shares.map(({ share }) => share)).toEqual(shares.length === 0 ? [] : [1]);
      const { liveRelease, previousRelease } = await store.records.environment(name);
      expect(takes() ?? null).toBe(liveRelease);
      if (liveRelease) expect(world.versions.get(name)).toContain(liveRelease);
      if (previousRelease) expect(world.versions.get(name)).toContain(previousRelease);
      expect(store.twice).toEqual([]);
      // Nobody changed anything after a successor of theirs had.
      expect(changedBy).toEqual(changedBy.toSorted((a, b) => a - b));
      expectOnceMigrated(world.runs, [...store.rows.values()]);
      for (const { end, state, reason, request } of store.rows.values()) {
        expect(end).not.toBeNull();
        // What was asked for cannot be had; a rollback that was begun ends well, or by a person.
        if (request.kind === 'rollback') expect(state).not.toBe('errored');
        if (request.kind === 'rollback' && state === 'failed')
          expect(reason).toMatch(/was never live|stands ready behind|has migrated the data/);
      }
    }),
    { numRuns: runs, seed, endOnFailure: process.env.SOUNDBITE_SHRINK === undefined },
  );
});

/** A migration is done once and told how often it was begun; nobody goes back to what was live before one that became live. */
function expectOnceMigrated(runs: ReturnType<typeof fakeWorld>['runs'], rows: readonly Row[]): void {
  const attempts = runs.flatMap(({ attempt }) => attempt ?? []);
  expect(attempts).toEqual([...new Set(attempts)].toSorted((a, b) => a - b));
  const migrationOf = ({ steps }: Row) => [...steps].find(([key]) => key.endsWith('-migration'))?.[1];
  const done = rows.filter((row) => migrationOf(row)?.detail === '1 facts hold');
  expect(done.length).toBeLessThanOrEqual(1);
  const ended = rows.filter(({ state }) => state === 'succeeded').toSorted((a, b) => (a.end ?? 0) - (b.end ?? 0));
  const below = new Set<string>();
  const since = new Set<string>();
  for (const row of ended) {
    if (below.has(row.release)) expect.fail(`${row.id} goes below the floor`);
    if (migrationOf(row)?.state === 'succeeded') {
      for (const release of since) if (release !== row.release) below.add(release);
      since.clear();
    }
    since.add(row.release);
  }
}

import type { Digest, Release } from '@soundbite/model';
import { expect, it } from 'vitest';
import { refusedAfter, wayBackNow } from './way-back.ts';

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const [old, today] = [digest('a'), digest('b')];
const releases = {
  get: async (release: Digest) =>
    ({ digest: release, manifest: { format: `soundbite.release/${release === old ? 1 : 2}` } }) as Release,
};

/** How far back an environment can go in which `today` was promoted. */
const wayBack = (previousRelease: Digest | null, floor: Digest | null = null, liveRelease: Digest | null = today) =>
  wayBackNow(
    { releases } as never,
    {
      rollbackFloor: async () => floor,
      environment: async () => ({ liveRelease, previousRelease }),
      history: async () => [{ kind: 'promote', release: today, previous: old }],
    } as never,
    'staging',
  );

it('goes as far as history leads', async () => {
  expect(await wayBack(today)).toEqual({ floor: null, refused: null });
  expect(await wayBack(null)).toEqual({ floor: null, refused: null });
  expect(await wayBack(null, null, null)).toEqual({ floor: null, refused: null });
});

it('ends at the release that migrated the data, with what to do', async () => {
  const refused = { code: 'rollback-below-floor', reason: expect.stringContaining('has migrated the data of staging') };
  expect(await wayBack(null, today)).toEqual({ floor: today, refused: expect.objectContaining(refused) });
  expect(await wayBack(today, today)).toEqual({ floor: today, refused: null });
});

it('does not lead to a release of the first format once one of today’s was final', async () => {
  const refused = { code: 'release-format-old', hint: expect.stringContaining('soundbite release cut') };
  expect(await wayBack(old)).toEqual({ floor: null, refused: expect.objectContaining(refused) });
});

it('tells which target the next release would put out of reach', async () => {
  const after = (target: Digest, next: Digest) => {
    const records = {
      environment: async () => ({ liveRelease: old, previousRelease: null }),
      history: async () => [{ kind: 'promote', release: old, previous: null }],
    };
    return refusedAfter({ releases } as never, records as never, 'staging', { target, next });
  };
  expect(await after(old, today)).toMatchObject({ code: 'release-format-old', reason: expect.stringContaining(today) });
  expect(await after(today, today)).toBeNull();
  expect(await after(old, old)).toBeNull();
});

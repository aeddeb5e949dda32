import type { Digest, Release, SucceededPromotion } from '@soundbite/model';
import { SoundBiteError } from '@soundbite/model';
import { describe, expect, it } from 'vitest';
import { refuseOldTarget } from './old-format.ts';

const digest = (digit: string): Digest => `sha256:${digit.repeat(64)}`;
const [first, second, today, gone] = ['a', 'b', 'c', 'd'].map(digest) as [Digest, Digest, Digest, Digest];
const formats = new Map([
  [first, 'soundbite.release/1'],
  [second, 'soundbite.release/1'],
  [today, 'soundbite.release/2'],
]);

const releases = {
  async get(release: Digest) {
    const format = formats.get(release);
    if (format === undefined) throw new SoundBiteError('release-unknown', `${release} is not here`);
    return { digest: release, manifest: { format } } as Release;
  },
};
const promoted = (release: Digest): SucceededPromotion => ({ kind: 'promote', release, previous: null });

/** A rollback in an environment with this history, newest first, and this live release. */
const back = (target: Digest, history: readonly SucceededPromotion[], liveRelease: Digest | null) =>
  refuseOldTarget(
    { releases } as never,
    { history: async () => [...history], environment: async () => ({ liveRelease }) } as never,
    'staging',
    target,
  );

describe('a rollback to a release of the first format', () => {
  it('is allowed as long as no release of today’s format was promoted and became final there', async () => {
    await back(first, [promoted(second), promoted(first)], second);
    await back(first, [], null);
  });

  it('is refused from then on, with what to do', async () => {
    await expect(back(second, [promoted(today), promoted(second)], today)).rejects.toMatchObject({
      code: 'release-format-old',
      message: expect.stringContaining(`since ${today} of today’s format was promoted there`),
      hint: expect.stringContaining('soundbite release cut'),
    });
  });

  it('is refused where what was promoted since is live no more, too', async () => {
    const history = [{ ...promoted(second), kind: 'rollback' as const }, promoted(today), promoted(first)];
    await expect(back(first, history, second)).rejects.toMatchObject({ code: 'release-format-old' });
  });

  it('is the way back of a stopped promotion where that release is live', async () => {
    await back(second, [promoted(today), promoted(second)], second);
  });

  it('is not refused for a release of which nothing is known, nor is one of today’s format', async () => {
    await back(first, [promoted(gone), promoted(first)], gone);
    await back(today, [promoted(today)], null);
  });
});

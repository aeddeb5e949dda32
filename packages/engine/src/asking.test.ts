import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { abort, viewer } from './asking.ts';
import type { Records, RevisedView } from './store/records.ts';
import { type Wakes, wakes } from './wakes.ts';

const id = 'p-1';
let revision: number;
/** What was read of the database. */
let reads: string[];
let news: Wakes;
let view: ReturnType<typeof viewer>;
beforeEach(() => {
  vi.useFakeTimers();
  [revision, reads] = [1, []];
  news = wakes();
  const store = {
    view: async () => {
      reads.push('view');
      return { promotion: id, revision } as RevisedView;
    },
    revision: async () => {
      reads.push('revision');
      return revision;
    },
  };
  view = viewer(store, news.next);
});

afterEach(() => vi.useRealTimers());

const change = (): void => {
  revision += 1;
  news.told(id);
};

describe('whoever follows a promotion', () => {
  it('reads it once for each change', async () => {
    let seen = (await view(id, undefined, 10_000)).revision;
    for (const count of [1, 2, 3]) {
      const following = view(id, seen, 10_000);
      await vi.advanceTimersByTimeAsync(1);
      expect(reads).toHaveLength(count);
      change();
      seen = (await following).revision;
      expect(seen).toBe(count + 1);
    }
    expect(reads).toEqual(Array(4).fill('view'));
  });

  it('misses no change between two questions, told or not', async () => {
    const { revision: seen } = await view(id, undefined, 10_000);
    change();
    expect(await view(id, seen, 10_000)).toMatchObject({ revision: 2 });
    revision = 3;
    const following = view(id, 2, 10_000);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await following).toMatchObject({ revision: 3 });
  });

  it('is answered in time where nothing changes, however short that is', async () => {
    const { revision: seen } = await view(id, undefined, 10_000);
    for (const waitMs of [20, 10_000]) {
      const following = view(id, seen, waitMs);
      await vi.advanceTimersByTimeAsync(waitMs);
      expect(await following).toMatchObject({ revision: 1 });
    }
  });
});

it('to stop what ends in that moment is told how it ended', async () => {
  const states = ['waiting', 'failed'];
  const seen = async () => ({ state: states.shift(), steps: [] }) as unknown as RevisedView;
  const store = { stop: async () => false, follower: async () => null } as unknown as Records;
  await expect(abort(store, seen, 'p-1', 'enough')).rejects.toMatchObject({
    code: 'promotion-over',
    message: 'promotion p-1 has already failed',
  });
});

import { wfQueueRunner } from '@dbos-inc/dbos-sdk/internal/wfqueue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Doorbell, doorbell } from './doorbell.ts';

/** DBOS's runner looks at a queue, and again as soon as that look is done; `looks` counts those that reached the database. */
const runner = wfQueueRunner as unknown as { pollQueue(executor: unknown, queue: object): Promise<boolean> };
const original = runner.pollQueue;
let looks: number;
let bell: Doorbell;
/** A loop ends with its test. */
let test = {};

async function dispatch(name: string): Promise<void> {
  for (const mine = test; mine === test; ) {
    await runner.pollQueue(null, { name });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  looks = 0;
  runner.pollQueue = async () => {
    looks++;
    return false;
  };
  bell = doorbell(['environments']);
});
afterEach(() => {
  test = {};
  bell.remove();
  runner.pollQueue = original;
  vi.useRealTimers();
});

/** Looks within so many ms. */
async function looksWithin(ms: number): Promise<number> {
  const before = looks;
  await vi.advanceTimersByTimeAsync(ms);
  return looks - before;
}

describe('the queue', () => {
  it('is looked at about once a second while nobody rings', async () => {
    void dispatch('environments');
    expect(await looksWithin(60_000)).toBeLessThanOrEqual(60);
    expect(await looksWithin(60_000)).toBeGreaterThanOrEqual(55);
  });

  it('is looked at at once when somebody rings, and then so that nobody waits longer than as long again, in few looks', async () => {
    void dispatch('environments');
    await vi.advanceTimersByTimeAsync(10_000);
    bell.ring();
    expect(await looksWithin(1)).toBe(1);
    for (const [after, until] of [
      [1, 30],
      [30, 70],
      [70, 150],
      [150, 310],
      [310, 630],
    ] as const)
      expect(await looksWithin(until - after), `within ${until} ms`).toBeGreaterThanOrEqual(1);
    expect(looks - 10).toBeLessThanOrEqual(8);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await looksWithin(10_000)).toBeLessThanOrEqual(10);
  });

  it('of DBOS itself, which nothing uses, is looked at now and then', async () => {
    void dispatch('_dbos_internal_queue');
    const looked = await looksWithin(60_000);
    expect(looked).toBeGreaterThan(3);
    expect(looked).toBeLessThanOrEqual(6);
  });

  it('keeps nobody waiting who stops it', async () => {
    const looks = ['environments', '_dbos_internal_queue'].map((name) => runner.pollQueue(null, { name }));
    bell.remove();
    expect(await Promise.all(looks)).toEqual([false, false]);
  });
});

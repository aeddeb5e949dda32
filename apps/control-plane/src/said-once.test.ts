import { expect, it, vi } from 'vitest';
import { saidOnce } from './said-once.ts';

it('what is said is asked for once, by its key', async () => {
  const ask = vi.fn(async () => 1);
  const once = saidOnce<number>();
  expect([await once('a', ask), await once('a', ask), await once('b', ask)]).toEqual([1, 1, 1]);
  expect(ask).toHaveBeenCalledTimes(2);
});

it('what nobody can say is asked for again after a while, and then known', async () => {
  let now = 0;
  const ask = vi.fn(async (): Promise<number | null> => (now < 30_000 ? null : 7));
  const once = saidOnce<number>(() => now);
  expect([await once('a', ask), await once('a', ask)]).toEqual([null, null]);
  expect(ask).toHaveBeenCalledTimes(1);
  now = 30_000;
  expect(await once('a', ask)).toBe(7);
});

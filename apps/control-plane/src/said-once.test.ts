import { expect, it, vi } from 'vitest';
import { saidOnce } from './said-once.ts';

it('what is said is asked for once, by its key', async () => {
  const ask = vi.fn(async () => 1);
  const once = saidOnce<number>();
  expect([await once.of('a', ask), await once.of('a', ask), await once.of('b', ask)]).toEqual([1, 1, 1]);
  expect(ask).toHaveBeenCalledTimes(2);
});

it('what nobody can say is asked for again after a while, and then known', async () => {
  let now = 0;
  const ask = vi.fn(async (): Promise<number | null> => (now < 30_000 ? null : 7));
  const once = saidOnce<number>(() => now);
  expect([await once.of('a', ask), await once.of('a', ask)]).toEqual([null, null]);
  expect(ask).toHaveBeenCalledTimes(1);
  now = 30_000;
  expect(await once.of('a', ask)).toBe(7);
});

it('what somebody says meanwhile is known at once', async () => {
  const once = saidOnce<number>(() => 0);
  expect(await once.of('a', async () => null)).toBeNull();
  once.told('a', 7);
  expect(await once.of('a', async () => null)).toBe(7);
});

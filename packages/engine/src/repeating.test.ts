import { expect, it, vi } from 'vitest';
import { deciderOf } from './repeating.ts';

it('a decision that is held is waited for once, however often somebody asks for it', async () => {
  const ends = Promise.withResolvers<void>();
  const answers = [{ until: new Promise<void>(() => {}) }, { until: ends.promise }, { until: ends.promise }];
  const admit = vi.fn(async () => answers.shift() ?? null);
  const { decide, isHeld, stop } = deciderOf(admit, (error) => {
    throw error;
  });
  for (const _ of answers.slice()) decide('one', 'staging');
  await vi.waitFor(() => expect(admit).toHaveBeenCalledTimes(3));
  await vi.waitFor(() => expect(isHeld('one')).toBe(true));
  ends.resolve();
  await vi.waitFor(() => expect(isHeld('one')).toBe(false));
  await new Promise((resolve) => setImmediate(resolve));
  expect(admit).toHaveBeenCalledTimes(4);
  stop();
});

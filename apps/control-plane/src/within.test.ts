import { expect, it } from 'vitest';
import { late, within } from './within.ts';

it('is what came in time, or late; what fails in time fails', async () => {
  expect(await within(Promise.resolve(undefined), 60_000)).toBeUndefined();
  expect(await within(new Promise(() => undefined), 0)).toBe(late);
  await expect(within(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no');
});

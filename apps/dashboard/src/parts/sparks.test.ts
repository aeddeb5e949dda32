import { expect, it } from 'vitest';
import { barsPath, groundPath, grouped, linePath, spikesPath, sumOfAll } from './sparks.ts';

it('takes neighbours together, and knows what nobody knows', () => {
  expect(grouped([1, 2, 3, null, null, null, null, 5, 0], 3, sumOfAll)).toEqual([6, null, 5]);
  expect(grouped([1, 2, 3, 4], 3, (known) => Math.max(...known))).toEqual([3, 4]);
});

it('draws a bar as high as its value beside the most, what is there at all so that it is seen, and of nothing none', () => {
  expect(barsPath([10, 5, 0, null, 0.001])).toBe('M0.1 20v-20h.8v20zM1.1 20v-10h.8v10zM4.1 20v-1.5h.8v1.5z');
  expect(barsPath([0, null])).toBe('');
  expect(spikesPath([0, 0.05, 2], 0.1)).toBe('M1 20l.5-10 .5 10zM2 20l.5-20 .5 20z');
});

it('breaks its line and its ground where nobody knows', () => {
  expect(linePath([10, 5, null, 10])).toBe('M0 1h1L1.5 10M3 1h1');
  expect(groundPath([0, 3, null, 1])).toBe('M0 20h1M1 20h1M3 20h1');
});

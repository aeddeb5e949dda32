import { expect, it } from 'vitest';
import { distanceText } from './distance-text.ts';

it.each([
  [-0.5, 'just now'],
  [0, 'just now'],
  [3, 'just now'],
  [20, 'in less than a minute'],
  [-60, '1 minute ago'],
  [-7199, '1 hour ago'],
  [5 * 60, 'in 5 minutes'],
  [-3 * 86_400, '3 days ago'],
])('%d s from now is %s', (seconds, text) => {
  expect(distanceText(1_000_000_000 + seconds * 1000, 1_000_000_000)).toBe(text);
});

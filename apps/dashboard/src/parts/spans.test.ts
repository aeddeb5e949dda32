import { expect, it } from 'vitest';
import { distanceText, spanText } from './spans.ts';

it.each([
  [-0.5, 'just now'],
  [0, 'just now'],
  [20, 'in less than a minute'],
  [-60, '1 minute ago'],
  [-7199, '1 hour ago'],
  [5 * 60, 'in 5 minutes'],
  [-3 * 86_400, '3 days ago'],
])('%d s from now is %s', (seconds, text) => {
  expect(distanceText(1_000_000_000 + seconds * 1000, 1_000_000_000)).toBe(text);
});

it.each([
  [-3, '0.0 s'],
  [4.24, '4.2 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d s are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

import { expect, it } from 'vitest';
import { spanText } from './spans.ts';

it.each([
  [-3, '0.0 s'],
  [4.24, '4.2 s'],
  [59.6, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d s are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

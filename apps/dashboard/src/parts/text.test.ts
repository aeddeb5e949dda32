import { expect, it } from 'vitest';
import { counted } from './text.ts';

it.each([
  [1, 'commit', '1 commit'],
  [0, 'commit', '0 commits'],
  [2, 'entry', '2 entries'],
  [1, 'entry', '1 entry'],
  [3, 'day', '3 days'],
])('%d of %s are %s', (count, what, text) => {
  expect(counted(count, what)).toBe(text);
});

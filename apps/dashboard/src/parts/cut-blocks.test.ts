import { expect, it } from 'vitest';
import { blockBegins } from './cut-blocks.ts';

const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => `r${from - n}`);
const cut = (keys: readonly string[], known: readonly string[] = []) =>
  blockBegins(keys, new Set(known)).map((index) => keys[index] ?? '');

it('rows are cut into blocks, and stay in theirs when others come before or behind', () => {
  expect(cut([])).toEqual([]);
  expect(cut(rows(10, 1))).toEqual(['r10']);
  const begun = cut(rows(120, 1));
  expect(begun).toEqual(['r120', 'r70', 'r20']);
  expect(cut(rows(130, 1), begun.slice(1))).toEqual(['r130', 'r70', 'r20']);
  expect(cut(rows(120, -60), begun.slice(1))).toEqual(['r120', 'r70', 'r20', 'r-30']);
});

it('a block that became long is cut, once', () => {
  const grown = cut(rows(180, 1), ['r70', 'r20']);
  expect(grown).toEqual(['r180', 'r130', 'r80', 'r70', 'r20']);
  expect(cut(rows(181, 1), grown.slice(1))).toEqual(['r181', 'r130', 'r80', 'r70', 'r20']);
});

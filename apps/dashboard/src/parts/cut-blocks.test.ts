import { expect, it } from 'vitest';
import { blockBegins } from './cut-blocks.ts';

const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => `r${from - n}`);
const cut = (keys: readonly string[], known: readonly string[] = []) =>
  blockBegins(keys, new Set(known)).map((index) => keys[index] ?? '');

it('rows are cut into blocks, and stay in theirs when others come before or behind', () => {
  expect(cut([])).toEqual([]);
  expect(cut(rows(10, 1))).toEqual(['r10']);
  const begun = cut(rows(60, 1));
  expect(begun).toEqual(['r60', 'r35', 'r10']);
  expect(cut(rows(65, 1), begun.slice(1))).toEqual(['r65', 'r35', 'r10']);
  expect(cut(rows(60, -30), begun.slice(1))).toEqual(['r60', 'r35', 'r10', 'r-15']);
});

it('a block that became long is cut, once', () => {
  const grown = cut(rows(90, 1), ['r35', 'r10']);
  expect(grown).toEqual(['r90', 'r65', 'r40', 'r35', 'r10']);
  expect(cut(rows(91, 1), grown.slice(1))).toEqual(['r91', 'r65', 'r40', 'r35', 'r10']);
});

import { expect, it } from 'vitest';
import { blockBegins, rowsOf } from './cut-blocks.ts';

const rows = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, n) => `r${from - n}`);
const cut = (keys: readonly string[], known: readonly string[] = []) =>
  blockBegins(keys, new Set(known), 8).map((index) => keys[index] ?? '');

it('rows are cut into blocks, and stay in theirs when others come before or behind', () => {
  expect(cut([])).toEqual([]);
  expect(cut(rows(8, 1))).toEqual(['r8']);
  const begun = cut(rows(20, 1));
  expect(begun).toEqual(['r20', 'r12', 'r4']);
  expect(cut(rows(22, 1), begun.slice(1))).toEqual(['r22', 'r12', 'r4']);
  expect(cut(rows(20, -8), begun.slice(1))).toEqual(['r20', 'r12', 'r4', 'r-4']);
});

it('a block that became long is cut, once', () => {
  const grown = cut(rows(30, 1), ['r12', 'r4']);
  expect(grown).toEqual(['r30', 'r22', 'r14', 'r12', 'r4']);
  expect(cut(rows(31, 1), grown.slice(1))).toEqual(['r31', 'r22', 'r14', 'r12', 'r4']);
});

it('a block of a wide table has fewer rows, and one at least', () => {
  expect([1, 5, 10, 13, 200].map(rowsOf)).toEqual([8, 4, 2, 1, 1]);
});

import { expect, it } from 'vitest';
import { chainTo, environmentsOf } from './chain.ts';
import type { Environment } from './shape.ts';

const all = ['a', 'b', 'c', 'd'].map((name) => ({ name }) as Environment);
const names = (found: readonly Environment[]) => found.map(({ name }) => name).join('');

it('environments are given in declared order and each once, however they were named', () => {
  expect(names(environmentsOf(all, ['c', 'a', 'c']))).toBe('ac');
});

it('the chain goes from the first to the last of those named; without names it is whole', () => {
  expect(names(chainTo(all, ['c']))).toBe('abc');
  expect(names(chainTo(all, ['c', 'a']))).toBe('abc');
  expect(names(chainTo(all, []))).toBe('abcd');
});

it('a name that is not declared is refused', () => {
  expect(() => chainTo(all, ['a', 'x'])).toThrow(
    expect.objectContaining({ code: 'environment-unknown', message: 'no environment named "x" is declared' }),
  );
});

import { expect, it } from 'vitest';
import { restOf } from './through.ts';

const names = ['one', 'two', 'three', 'four'];
const promote = (environment: string, through?: string) => restOf(names, { environment, kind: 'promote', through });

it('goes on to what is between the two, in declared order', () => {
  expect(promote('one', 'four')).toEqual(['two', 'three', 'four']);
  expect(promote('two', 'three')).toEqual(['three']);
  expect(promote('four', 'four')).toEqual([]);
  expect(promote('two')).toEqual([]);
});

it('goes to no unknown place, not backwards, and not with a rollback', () => {
  expect(() => promote('one', 'moon')).toThrow(
    expect.objectContaining({ code: 'environment-unknown', source: 'user' }),
  );
  expect(() => promote('moon', 'one')).toThrow(expect.objectContaining({ code: 'environment-unknown' }));
  expect(() => promote('three', 'two')).toThrow('two comes before three');
  expect(() => restOf(names, { environment: 'one', kind: 'rollback', through: 'two' })).toThrow(
    expect.objectContaining({ code: 'usage' }),
  );
});

import { expect, it } from 'vitest';
import { type Operation, operations } from './operations.ts';

it('every call whose path names an environment says so: who looked or acted is on record with where', () => {
  const silent = Object.entries<Operation>(operations)
    .filter(([, { path, where }]) => path.includes('{name}') && where !== 'path' && where !== 'next')
    .map(([name]) => name);
  expect(silent).toEqual([]);
});

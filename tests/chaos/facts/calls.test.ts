import { expect, it } from 'vitest';
import { interleaved } from './calls.ts';

const promoted = (environment: string, release: string) => [
  ...['deploy', 'install', 'weights'].map((what) => `${what} ${environment} ${release}`),
  `retire ${environment}`,
];

it('one promotion after the other, some calls twice, refused ones, and other environments at the same time are well', () => {
  const [a, b] = [promoted('staging', 'a'), promoted('staging', 'b')];
  expect(interleaved([...a, ...b])).toEqual([]);
  expect(interleaved([...a.slice(0, 2), ...a, ...b, 'refused weights staging a'])).toEqual([]);
  expect(interleaved(a.flatMap((call, index) => [call, promoted('production', 'b')[index] as string]))).toEqual([]);
});

it('one that acts again after another one has did so at the same time', () => {
  const [a, b] = [promoted('staging', 'a'), promoted('staging', 'b')];
  expect(interleaved([...a.slice(0, 2), ...b.slice(0, 1), ...a.slice(2), ...b.slice(1)])).toEqual([
    '"weights staging a" after b had staging',
    '"install staging b" after a had staging',
    '"weights staging b" after b had staging',
  ]);
});

import { expect, it } from 'vitest';
import { releaseNamed } from './release-named.ts';

const whole = '0A1b'.repeat(16);

it.each([
  [`sha256:${whole}`, { digest: `sha256:${whole.toLowerCase()}` }],
  [whole, { digest: `sha256:${whole.toLowerCase()}` }],
  ['0a1B0a1b0a1b', { digits: '0a1b0a1b0a1b' }],
  [' sha256:0a1b ', { digits: '0a1b' }],
  ['0a1', null],
  ['v1.2', null],
  [`${whole}0`, null],
])('%j in an address', (text, meant) => {
  expect(releaseNamed(text)).toEqual(meant);
});

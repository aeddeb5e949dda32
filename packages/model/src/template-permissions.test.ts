import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { includes } from './template-permissions.ts';

describe('includes', () => {
  it.each([
    ['*', 's3:GetObject', true],
    ['s3:*', 's3:Get*', true],
    ['s3:Get*', 's3:*', false],
    ['s3:Get?bject', 's3:GetObject', true],
    // `s3:*` also matches `s3:`, which needs no character where the other asks for one.
    ['s3:?*', 's3:*', false],
    ['arn:a/*', 'arn:a/bills/*', true],
    ['arn:a.b', 'arn:axb', false],
    [`\${Bucket.Arn}/*`, `\${Bucket.Arn}/bills/*`, true],
  ])('%s includes %s: %s', (wide, narrow, expected) => {
    expect(includes(wide, narrow)).toBe(expected);
  });

  it('never says yes when some text matches the narrow pattern only', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 6 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
    const matches = (glob: string, value: string) =>
      new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);
    fc.assert(
      fc.property(pattern, pattern, text, (wide, narrow, value) => {
        fc.pre(includes(wide, narrow) && matches(narrow, value));
        return matches(wide, value);
      }),
      { numRuns: 300, maxSkipsPerRun: 2000 },
    );
  });
});

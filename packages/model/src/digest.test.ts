import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { canonicalJson, Digest, digestOf, shortDigest } from './digest.ts';

describe('a digest', () => {
  it('is that of the bytes (FIPS 180-4: "abc")', () => {
    const abc = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(digestOf('abc')).toBe(abc);
    expect(digestOf(new TextEncoder().encode('abc'))).toBe(abc);
    expect(shortDigest(abc)).toBe('ba7816bf8f01');
  });

  it.each([
    '',
    'sha256:',
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha256:${'a'.repeat(64)}\n`,
    'a'.repeat(64),
    7,
    null,
  ])('is not %j', (value) => {
    expect(Digest.safeParse(value).error?.issues[0]?.message).toBe(
      'is not a digest; a digest is sha256: and 64 hex digits',
    );
  });

  it('has a JSON Schema, so that an API can document it', () => {
    expect(z.toJSONSchema(Digest)).toMatchObject({ type: 'string', pattern: '^sha256:[0-9a-f]{64}$' });
  });
});

describe('canonical JSON', () => {
  it('is one text for one value, in whatever order its keys were given', () => {
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: 'é' }] })).toBe('{"a":[{"c":"é","d":2}],"b":1}');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('refuses what has none', () => {
    expect(() => canonicalJson(undefined)).toThrow('this value has no JSON form');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
  });
});

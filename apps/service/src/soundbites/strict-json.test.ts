import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson, StrictJsonError } from './strict-json.ts';

const parse = (text: string) => parseStrictJson(new TextEncoder().encode(text));

/** JSON whose members are names that are taken and whose strings lose nothing in UTF-8. */
const { json } = fc.letrec((tie) => ({
  name: fc.string({ unit: 'grapheme' }).filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name)),
  json: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, false, 0, -1.5, 1e21),
    fc.string({ unit: 'grapheme' }),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(tie('name') as fc.Arbitrary<string>, tie('json'), { maxKeys: 4 }),
  ),
}));

describe('strict JSON', () => {
  it('takes whatever JSON.stringify writes, as JSON.parse does', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('\ufffd'));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses a member that is there twice, wherever and however it is spelt', () => {
    const nest = (inner: string, depth: number) => '{"a":['.repeat(depth) + inner + ']}'.repeat(depth);
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,5}$/), fc.nat({ max: 3 }), fc.boolean(), (name, depth, escaped) => {
        const code = name.charCodeAt(0).toString(16).padStart(4, '0');
        const again = escaped ? `\\u${code}${name.slice(1)}` : name;
        const text = nest(`{"${name}":1,"x-y":{"${name}":2},"${again}":3}`, depth);
        fc.pre(name !== 'a' || depth === 0);
        expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'StrictJsonError', field: name }));
      }),
    );
  });

  it('takes the same name in two objects, and braces, colons and quotes in strings', () => {
    expect(parse('[{"a":1},{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(parse('{"a":"{\\"a\\":[","b":"\\\\"}')).toEqual({ a: '{"a":[', b: '\\' });
    expect(parse('["a","a"]')).toEqual(['a', 'a']);
  });

  it('counts nesting', () => {
    expect(parse('['.repeat(8) + ']'.repeat(8))).toEqual([[[[[[[[]]]]]]]]);
    expect(() => parse('['.repeat(9) + ']'.repeat(9))).toThrow('nested deeper than 8');
    expect(() => parse('['.repeat(200_000) + ']'.repeat(200_000))).toThrow(StrictJsonError);
  });

  it('never throws anything but its own error on any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          parseStrictJson(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(StrictJsonError);
        }
      }),
    );
  });
});

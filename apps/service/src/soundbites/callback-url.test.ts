import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIVATE_URLS } from '../testing/bad-requests.ts';
import { callbackUrlProblem, isAllowedAddress } from './callback-url.ts';

/** Ways to write an IPv4 address into a URL that a browser, and so WHATWG's URL, understands. */
const SPELLINGS: readonly ((bytes: readonly number[]) => string)[] = [
  (bytes) => bytes.join('.'),
  (bytes) => `${bytes.join('.')}.`,
  (bytes) => bytes.map((byte) => `0x${byte.toString(16)}`).join('.'),
  (bytes) => bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
  (bytes) => String(number(bytes)),
  (bytes) => `0x${number(bytes).toString(16)}`,
  ([a, b, c = 0, d = 0]) => `${a}.${b}.${c * 256 + d}`,
  (bytes) => `[::ffff:${bytes.join('.')}]`,
  (bytes) => `[64:ff9b::${(number(bytes) >>> 16).toString(16)}:${(number(bytes) & 0xffff).toString(16)}]`,
  (bytes) => bytes.join('.').replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
];

const number = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]) => ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;

const byte = fc.integer({ min: 0, max: 255 });
const privateAddress = fc.oneof(
  fc.tuple(fc.constantFrom(0, 10, 127), byte, byte, byte),
  fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
  fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
  fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
  fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
  fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
);

describe('a callback URL', () => {
  it.each(PRIVATE_URLS)('is refused where only public ones are allowed: %s', (url) => {
    expect(callbackUrlProblem(url, 'public')).toBeTypeOf('string');
  });

  it('is refused for every private address in every spelling', () => {
    fc.assert(
      fc.property(privateAddress, fc.constantFrom(...SPELLINGS), (address, spell) => {
        expect(callbackUrlProblem(`http://${spell(address)}/hook`, 'public')).toBeTypeOf('string');
      }),
    );
  });

  it.each([
    'https://example.com/hook',
    'http://hooks.example.com:8080/a?b=c#d',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://bücher.example/',
    'https://localhost.example.com/',
  ])('is taken: %s', (url) => {
    expect(callbackUrlProblem(url, 'public')).toBeUndefined();
  });

  it('may be loopback, and nothing else more, where the declaration allows that', () => {
    for (const url of ['http://127.0.0.1:8080/', 'http://localhost:8080/', 'http://[::1]:1/', 'https://example.com/']) {
      expect(callbackUrlProblem(url, 'loopback')).toBeUndefined();
    }
    for (const url of [
      'http://10.0.0.1/',
      'http://169.254.169.254/',
      'http://0.0.0.0/',
      'http://a.localhost/',
      'ftp://127.0.0.1/',
    ]) {
      expect(callbackUrlProblem(url, 'loopback')).toBeTypeOf('string');
    }
  });
});

describe('an address that a name has led to', () => {
  it('is refused when it is private, has a zone, or is none', () => {
    for (const address of ['127.0.0.1', '::1', '::ffff:10.0.0.1', 'fe80::1%eth0', '169.254.169.254', 'nonsense', '']) {
      expect(isAllowedAddress(address, 'public')).toBe(false);
    }
    expect(isAllowedAddress('93.184.216.34', 'public')).toBe(true);
  });
});

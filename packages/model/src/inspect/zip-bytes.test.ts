import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { unpackedZipBytes } from './zip-bytes.ts';

const zip = zipSync({ 'index.js': new Uint8Array(10_000), lib: { 'a.js': new Uint8Array(2_345) } });

describe('a zip', () => {
  it('says how large its files are', () => {
    expect(zip.length).toBeLessThan(1_000);
    expect(unpackedZipBytes(zip)).toBe(12_345);
    expect(unpackedZipBytes(zipSync({}))).toBe(0);
  });

  it('may have a comment behind it, and something before it in its buffer', () => {
    const whole = new Uint8Array([...new Uint8Array(7), ...zip, ...new Uint8Array(500)]);
    expect(unpackedZipBytes(whole.subarray(7))).toBe(12_345);
  });

  it.each([
    ['nothing', new Uint8Array()],
    ['what is none', new Uint8Array(1_000)],
    ['one that was cut off', zip.subarray(0, zip.length - 30)],
    ['one whose directory is somewhere else', zip.map((byte, at) => (at === zip.length - 6 ? byte + 1 : byte))],
  ])('is not %s', (_, bytes) => {
    expect(unpackedZipBytes(bytes)).toBeNull();
  });
});

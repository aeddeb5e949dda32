import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { unzip } from './unzip.ts';

const words = 'a text that is worth compressing; '.repeat(1000);

describe('unzip', () => {
  it('gives every file, stored or deflated, empty or in a directory, and no directory', async () => {
    const zip = zipSync({
      'deflated.txt': strToU8(words),
      'stored.txt': [strToU8(words), { level: 0 }],
      'empty.txt': new Uint8Array(),
      deep: { er: { 'file.txt': strToU8('x') } },
      'nothing/': new Uint8Array(),
    });
    const files = await unzip(zip);
    expect(Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))).toEqual({
      'deflated.txt': words,
      'stored.txt': words,
      'empty.txt': '',
      'deep/er/file.txt': 'x',
    });
  });

  it('refuses what is broken', async () => {
    const zip = zipSync({ 'deflated.txt': strToU8(words) });
    zip.fill(0xff, 45, 60);
    await expect(unzip(zip)).rejects.toThrow();
    await expect(unzip(zipSync({ 'a.txt': strToU8(words) }).subarray(0, 60))).rejects.toThrow();
  });
});

import { unzipSync } from 'fflate';
import { afterEach, describe, expect, it } from 'vitest';
import { zipFiles } from './zip.ts';

const timezone = process.env.TZ;
afterEach(() => {
  if (timezone === undefined) delete process.env.TZ;
  else process.env.TZ = timezone;
});
const bytes = (text: string) => new TextEncoder().encode(text);
const files = [
  ['index.mjs', bytes('export const api = 1;')],
  ['page/index.html', bytes('<p>')],
  ['big.wasm', new Uint8Array(300_000).map((_, index) => (index * 31) % 251)],
] as const;

describe('zipFiles', () => {
  it('holds what it was given', async () => {
    const unzipped = unzipSync(await zipFiles(new Map(files)));
    expect(Object.keys(unzipped)).toEqual(['big.wasm', 'index.mjs', 'page/index.html']);
    for (const [name, content] of files) expect(Buffer.from(unzipped[name] ?? [])).toEqual(Buffer.from(content));
  });

  it('has the same bytes whatever the order, the time and the time zone', async () => {
    const first = await zipFiles(new Map(files));
    process.env.TZ = 'Pacific/Kiritimati';
    const second = await zipFiles(new Map(files.toReversed()));
    process.env.TZ = 'America/Los_Angeles';
    const third = await zipFiles(new Map(files));
    expect(Buffer.from(second).equals(first)).toBe(true);
    expect(Buffer.from(third).equals(first)).toBe(true);
  });
});

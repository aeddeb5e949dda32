import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { digestOf } from '@soundbite/model';
import { builtPageFile } from '@soundbite/model/page/built-page.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pageSource } from './page-source.ts';

let installation: string;
beforeEach(() => {
  installation = mkdtempSync(join(tmpdir(), 'page-source-'));
  put('src/a.ts', 'a');
});
afterEach(() => rmSync(installation, { recursive: true }));

function put(path: string, text: string) {
  mkdirSync(dirname(join(installation, path)), { recursive: true });
  writeFileSync(join(installation, path), text);
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The page that is made of src/a.ts, whose text is in the name of its one file. */
const page = (text: string) => ({
  ...{ format: 1, inputs: { 'src/a.ts': digestOf(text) }, index: `page ${text}`, licenses: '' },
  ...{ assets: { [`${text}.js`]: { type: 'text/javascript', base64: base64(text) } } },
  bytes: { firstScripts: 1, all: 1 },
});
const built = (text: string, at: 'repository' | 'packaged' = 'repository') =>
  put(builtPageFile[at], JSON.stringify(page(text)));

const source = (build: () => Promise<unknown>, packaged = false) => pageSource({ installation, packaged, build });
const never = () => Promise.reject(new Error('nothing is to be built'));
const soon = 10_000;

describe('the page of a repository', () => {
  it('is built when somebody needs it first, once for all who wait, and not again', async () => {
    const build = vi.fn(async () => built('a'));
    const pages = source(build);
    const both = await Promise.all([pages.ready(soon), pages.ready(soon)]);
    for (const one of both) expect(one).toMatchObject({ index: 'page a' });
    expect(await pages.ready(soon)).toMatchObject({ index: 'page a' });
    expect(await source(build).ready(soon)).toMatchObject({ index: 'page a' });
    expect(build).toHaveBeenCalledOnce();
  });

  it('is built anew when a file that it is made of is another one, or gone; files of the one before stay for who has it open', async () => {
    built('a');
    const pages = source(async () => built('b'));
    expect(await pages.ready(soon)).toMatchObject({ index: 'page a' });
    put('src/a.ts', 'b');
    expect(await pages.ready(soon)).toMatchObject({ index: 'page b' });
    expect(String((await pages.asset('a.js'))?.bytes)).toBe('a');
    expect(String((await pages.asset('b.js'))?.bytes)).toBe('b');
    rmSync(join(installation, 'src/a.ts'));
    expect(await pages.ready(soon)).toEqual({ why: 'its sources are being changed', isSoon: true });
  });

  it.each(['', '{"format":1}', '{"format":2}', '[]'])('of which only %j is there is built', async (text) => {
    put(builtPageFile.repository, text);
    expect(await source(async () => built('a')).ready(soon)).toMatchObject({ index: 'page a' });
  });

  it('is waited for so long and no longer, and its build goes on', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const build = vi.fn(() => promise);
    const pages = source(build);
    expect(await pages.ready(0)).toEqual({ why: 'it is being built', isSoon: true });
    const later = pages.ready(soon);
    built('a');
    resolve();
    expect(await later).toMatchObject({ index: 'page a' });
    expect(build).toHaveBeenCalledOnce();
  });

  it('that cannot be built says why, in one line, and is tried again', async () => {
    const stderr =
      '✗ Build failed\n\nsrc/a.ts: \u001b[31ma is not defined\u001b[0m\n  ╭─\n    at build (file:///x.ts:1:2)\n';
    const failing = vi.fn(never).mockRejectedValueOnce(Object.assign(new Error('Command failed'), { stderr }));
    const pages = source(failing);
    expect(await pages.ready(soon)).toEqual({
      why: 'it could not be built: ✗ Build failed src/a.ts: a is not defined',
      isSoon: false,
    });
    failing.mockImplementation(async () => built('a') as never);
    expect(await pages.ready(soon)).toMatchObject({ index: 'page a' });
  });

  it('builds nothing for who asks for a file of it', async () => {
    const pages = source(never);
    expect(await pages.asset('a.js')).toBeUndefined();
    built('a');
    expect((await pages.asset('a.js'))?.type).toBe('text/javascript');
    expect(await pages.asset('__proto__')).toBeUndefined();
  });
});

describe('the page of the npm package', () => {
  it('is there, whatever it was made of, and read once', async () => {
    built('elsewhere', 'packaged');
    const pages = source(never, true);
    expect(await pages.ready(soon)).toMatchObject({ index: 'page elsewhere' });
    rmSync(join(installation, 'dist'), { recursive: true });
    expect(await pages.ready(soon)).toMatchObject({ index: 'page elsewhere' });
  });

  it('is not built where it is missing', async () => {
    expect(await source(never, true).ready(soon)).toMatchObject({
      why: expect.stringContaining('install'),
      isSoon: false,
    });
  });
});

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { digestOf } from '@soundbite/model';
import { BuiltPage } from '@soundbite/model/page/built-page.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage } from '../apps/dashboard/build/build.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const place = mkdtempSync(join(tmpdir(), 'dashboard-'));
afterAll(() => rmSync(place, { recursive: true }));

/** With the program, as a control plane and the package do. */
async function build(file: string): Promise<BuiltPage> {
  await promisify(execFile)(process.execPath, [join(root, 'apps/dashboard/build/main.ts'), file]);
  return BuiltPage.parse(JSON.parse(readFileSync(file, 'utf8')));
}

describe('the page that is built', () => {
  let page: BuiltPage;
  let texts: readonly string[];
  beforeAll(async () => {
    mkdirSync(join(place, 'new'));
    for (const name of ['page.json.7', 'page.json.8']) writeFileSync(join(place, 'new', name), '');
    utimesSync(join(place, 'new/page.json.7'), 0, 0);
    const [one, same] = await Promise.all([build(join(place, 'new/page.json')), build(join(place, 'new/page.json'))]);
    expect(same).toEqual(one);
    page = one;
    texts = Object.values(page.assets).map(({ base64 }) => Buffer.from(base64, 'base64').toString('utf8'));
  });

  it('is one file, beside which is nothing but what another build may be writing; what killed ones left is gone', () => {
    expect(readdirSync(join(place, 'new')).toSorted()).toEqual(['page.json', 'page.json.8']);
  });

  it('takes at most 130 KB of script before anything is seen, and 250 KB in all, compressed', () => {
    expect(page.bytes.firstScripts).toBeLessThanOrEqual(130_000);
    expect(page.bytes.all).toBeLessThanOrEqual(250_000);
    expect(page.bytes.firstScripts).toBeGreaterThan(10_000);
  });

  it('has no schema in it, nothing of Node and no place of this machine, and nothing for developers alone', () => {
    for (const text of [page.index, ...texts]) {
      expect(text).not.toMatch(/ZodError|node:(crypto|fs|module)|__vite-browser-external|preact\/debug/);
      expect(text.includes(root)).toBe(false);
    }
  });

  it('has no script or style in its document', () => {
    expect(page.index).not.toMatch(/<script(?![^>]* src="\/assets\/)|<style|\sstyle=|\son\w+=|javascript:|data:/);
  });

  it('asks for what is seen first by a file of its own', () => {
    const [first = ''] = page.index.match(/<script[^>]*>/) ?? [];
    expect(first).toMatch(/ async src="\/assets\/early-/);
  });

  it('says what it is made of: files of its room, and what they import of client and model, as they are', () => {
    const paths = Object.keys(page.inputs);
    expect(paths).toEqual(expect.arrayContaining(['apps/dashboard/src/main.tsx', 'package-lock.json']));
    for (const path of paths) {
      expect(path).toMatch(/^(apps\/dashboard|packages\/(client|model)\/src)\/|^(package-lock|tsconfig)\.json$/);
      expect(page.inputs[path], path).toBe(digestOf(readFileSync(join(root, path))));
    }
  });

  it('names whose work is in it', () => {
    for (const name of ['preact', '@tanstack/query-core']) expect(page.licenses).toContain(`## ${name} - `);
  });
});

describe('the build', () => {
  /** A page of this script alone. */
  const room = (name: string, script: string): string => {
    const at = join(place, name);
    mkdirSync(join(at, 'src'), { recursive: true });
    cpSync(join(root, 'apps/dashboard/index.html'), join(at, 'index.html'));
    cpSync(join(root, 'apps/dashboard/src/icon.svg'), join(at, 'src/icon.svg'));
    writeFileSync(join(at, 'src/early.ts'), `document.documentElement.lang = 'en';`);
    writeFileSync(join(at, 'src/main.tsx'), script);
    return at;
  };

  it('fails where it would be too large', async () => {
    const at = room('large', 'document.title = "one";');
    await expect(builtPage(at, { firstScripts: 10, all: 1e6 })).rejects.toThrow('firstScripts takes');
    await expect(builtPage(at, { firstScripts: 1e6, all: 10 })).rejects.toThrow('all takes');
    expect((await builtPage(at)).bytes.all).toBeLessThan(2_000);
  });

  it('counts what the first script imports at once, and not what it imports later', async () => {
    const at = room('parts', `import('./later.ts').then(({ text }) => { document.title = text; });`);
    writeFileSync(
      join(at, 'src/later.ts'),
      `export const text = '${Array.from({ length: 500 }, Math.random).join()}';`,
    );
    const { bytes, assets } = await builtPage(at);
    expect(Object.keys(assets).filter((name) => name.endsWith('.js')).length).toBeGreaterThan(1);
    expect(bytes.all).toBeGreaterThan(bytes.firstScripts + 3_000);
  });

  it.each([
    ['a module of Node', `import { readFileSync } from 'node:fs'; document.title = String(readFileSync);`],
    ['what is not there', `import { a } from './nosuch.ts'; document.title = a;`],
  ])('fails where the page needs %s', async (_what, script) => {
    await expect(builtPage(room(_what.replaceAll(' ', '-'), script))).rejects.toThrow(/node:fs|nosuch/);
  });
});

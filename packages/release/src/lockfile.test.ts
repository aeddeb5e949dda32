import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readLockfile, toolVersions } from './lockfile.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;
const esbuild = { version: '1.0.0', integrity: 'sha512-a' };
function source(locked: object, installed: object | null): string {
  const directory = join(place.directory, String(count++));
  writeFiles(directory, { 'package-lock.json': JSON.stringify({ packages: locked }) });
  if (installed) writeFiles(directory, { 'node_modules/.package-lock.json': JSON.stringify({ packages: installed }) });
  return directory;
}

describe('the lockfile', () => {
  it('is what is installed; what another platform needs may be missing', async () => {
    const locked = { '': {}, 'node_modules/esbuild': esbuild, 'node_modules/other-platform': esbuild };
    expect(await readLockfile(source(locked, { 'node_modules/esbuild': esbuild }))).toEqual(locked);
  });

  it.each<[string, object, object | null, string, string]>([
    [
      'another version',
      { 'node_modules/esbuild': esbuild },
      { 'node_modules/esbuild': { ...esbuild, version: '2.0.0' } },
      'dependencies-differ',
      'node_modules/esbuild is installed as 2.0.0, but package-lock.json says 1.0.0',
    ],
    [
      'other bytes',
      { 'node_modules/esbuild': esbuild },
      { 'node_modules/esbuild': { ...esbuild, integrity: 'sha512-b' } },
      'dependencies-differ',
      'node_modules/esbuild is installed as 1.0.0, but package-lock.json says 1.0.0',
    ],
    [
      'a package more',
      {},
      { 'node_modules/esbuild': esbuild },
      'dependencies-differ',
      'node_modules/esbuild is installed as 1.0.0, but package-lock.json says that it should not be there',
    ],
    ['nothing installed', {}, null, 'dependencies-missing', 'cannot be read'],
  ])('refuses %s', async (_name, locked, installed, code, message) => {
    await expect(readLockfile(source(locked, installed))).rejects.toMatchObject({
      code,
      source: 'user',
      hint: 'npm ci',
      message: expect.stringContaining(message),
    });
  });

  it('of a source that is no npm package is empty', async () => {
    expect(await readLockfile(place.directory)).toEqual({});
  });

  it('adds the CDK, where it fixes one, to the tools of the deliverer', async () => {
    const own = await toolVersions({});
    expect(own).toMatchObject({ node: process.versions.node, esbuild: expect.stringMatching(/^\d/) });
    expect(await toolVersions({ 'node_modules/aws-cdk-lib': { version: '2.0.0' } })).toEqual({
      ...own,
      'aws-cdk-lib': '2.0.0',
    });
  });
});

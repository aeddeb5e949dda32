import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Lockfile } from './lockfile.ts';
import { holdAgainstLock } from './modules.ts';
import { temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;
const packageJson = (name: string, version: string) => JSON.stringify({ name, version });
const lockfile: Lockfile = {
  'node_modules/client': { version: '2.0.0' },
  'apps/service/node_modules/client': { version: '1.0.0' },
  'node_modules/core': { version: '1.0.0' },
  'node_modules/core/node_modules/client': { version: '3.0.0' },
  'node_modules/@scope/alias': { name: 'original', version: '1.0.0' },
  'node_modules/@soundbite/model': { link: true },
};
/** A source whose packages are as the lockfile says. */
function source(): string {
  const directory = join(place.directory, `source-${count++}`);
  writeFiles(directory, {
    'node_modules/client/package.json': packageJson('client', '2.0.0'),
    'apps/service/node_modules/client/package.json': packageJson('client', '1.0.0'),
    'node_modules/core/package.json': packageJson('core', '1.0.0'),
    'node_modules/core/node_modules/client/package.json': packageJson('client', '3.0.0'),
    'node_modules/@scope/alias/package.json': packageJson('original', '1.0.0'),
    'packages/model/package.json': packageJson('@soundbite/model', '1.0.0'),
  });
  return directory;
}
const main = 'apps/service/src/main.ts';
const good = [
  { path: 'apps/service/src/other.ts', importer: main },
  { path: 'apps/service/node_modules/client/index.js', importer: main },
  { path: 'apps/service/node_modules/client/lib/x.js', importer: 'apps/service/node_modules/client/index.js' },
  { path: 'node_modules/core/index.js', importer: 'apps/service/node_modules/client/lib/x.js' },
  { path: 'node_modules/core/node_modules/client/index.js', importer: 'node_modules/core/index.js' },
  { path: 'node_modules/@scope/alias/index.js', importer: 'node_modules/core/index.js' },
  { path: 'node_modules/client/index.js', importer: 'cdk/lib/a.ts' },
];

describe('modules of a release', () => {
  it('come from where the lockfile has them for their importer', async () => {
    expect(await holdAgainstLock(source(), good, lockfile)).toEqual([
      'apps/service/node_modules/client',
      'node_modules/@scope/alias',
      'node_modules/client',
      'node_modules/core',
      'node_modules/core/node_modules/client',
    ]);
  });

  it.each<[string, (directory: string) => unknown, { path: string; importer: string }, string]>([
    [
      'the root’s version, because the service’s own packages are missing',
      (directory) => rmSync(join(directory, 'apps/service/node_modules'), { recursive: true }),
      { path: 'node_modules/client/index.js', importer: main },
      `${main} takes client 2.0.0 from node_modules/client, but package-lock.json says 1.0.0 from apps/service/node_modules/client`,
    ],
    [
      'a version nearer than the locked one',
      (directory) => writeFiles(directory, { 'cdk/node_modules/client/package.json': packageJson('client', '9.0.0') }),
      { path: 'cdk/node_modules/client/index.js', importer: 'cdk/lib/a.ts' },
      'cdk/lib/a.ts takes client 9.0.0 from cdk/node_modules/client, but package-lock.json says 2.0.0 from node_modules/client',
    ],
    [
      'a package that the lockfile does not have',
      (directory) => writeFiles(directory, { 'node_modules/other/package.json': packageJson('other', '1.0.0') }),
      { path: 'node_modules/other/index.js', importer: main },
      `${main} takes other 1.0.0 from node_modules/other, but package-lock.json has none for it`,
    ],
    [
      'packages above the repository',
      () => undefined,
      { path: '../node_modules/client/index.js', importer: 'cdk/lib/a.ts' },
      'from ../node_modules/client, but package-lock.json says 2.0.0',
    ],
    [
      'packages of NODE_PATH',
      () => undefined,
      { path: '/usr/lib/node_modules/core/a.js', importer: main },
      'from /usr/lib/node_modules/core',
    ],
    [
      'a file out of the source',
      () => undefined,
      { path: '../elsewhere/a.ts', importer: main },
      'which is not part of the source',
    ],
    [
      'another version in the right place',
      (directory) => writeFiles(directory, { 'node_modules/core/package.json': packageJson('core', '1.0.1') }),
      { path: 'node_modules/core/index.js', importer: main },
      'node_modules/core is core 1.0.1, but package-lock.json says core 1.0.0',
    ],
    [
      'another package in the right place',
      (directory) =>
        writeFiles(directory, { 'node_modules/@scope/alias/package.json': packageJson('@scope/alias', '1.0.0') }),
      { path: 'node_modules/@scope/alias/index.js', importer: main },
      'is @scope/alias 1.0.0, but package-lock.json says original 1.0.0',
    ],
    [
      'a package that was linked by `npm link`',
      (directory) => {
        renameSync(join(directory, 'node_modules/core'), join(directory, 'work'));
        symlinkSync('../work', join(directory, 'node_modules/core'));
      },
      { path: 'node_modules/core/index.js', importer: main },
      '/work, which npm did not install',
    ],
    [
      'a workspace',
      (directory) => {
        mkdirSync(join(directory, 'node_modules/@soundbite'));
        symlinkSync('../../packages/model', join(directory, 'node_modules/@soundbite/model'));
      },
      { path: 'node_modules/@soundbite/model/src/index.ts', importer: main },
      'which is a workspace',
    ],
    [
      'a package without its package.json',
      (directory) => rmSync(join(directory, 'node_modules/core/package.json')),
      { path: 'node_modules/core/index.js', importer: main },
      'node_modules/core has no package.json',
    ],
    [
      'a package whose package.json is damaged',
      (directory) => writeFileSync(join(directory, 'node_modules/core/package.json'), '{'),
      { path: 'node_modules/core/index.js', importer: main },
      'node_modules/core has no package.json',
    ],
  ])('are refused: %s', async (_name, change, module, message) => {
    const directory = source();
    change(directory);
    await expect(holdAgainstLock(directory, [module], lockfile)).rejects.toMatchObject({
      code: 'dependencies-differ',
      source: 'user',
      hint: 'npm ci',
      message: expect.stringContaining(message),
    });
  });
});

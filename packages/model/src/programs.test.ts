import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ownInstallation, packagedName, programFile } from './programs.ts';

it('a program is its source in the repository', () => {
  expect(existsSync(`${ownInstallation}/package.json`)).toBe(true);
  expect(existsSync(programFile('packages/processes/src/serve-main.ts'))).toBe(true);
});

it('a program of the package lies in dist, under a name of its own', () => {
  expect(programFile('packages/edge/src/edge-main.ts', '/p', true)).toBe('/p/dist/edge-edge-main.mjs');
  expect(packagedName('packages/runtimes/src/infrastructure/toolkit/main.ts')).toBe(
    'runtimes-infrastructure-toolkit-main.mjs',
  );
  expect(packagedName('apps/cli/src/main.js')).toBe('cli-main.mjs');
});

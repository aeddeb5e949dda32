import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, vi } from 'vitest';
import { git, repository, serviceOf, temporary, writeFiles } from './testing.ts';

/** Trees with the inputs of a release, for the tests of the calling file; they and changed variables are gone after it. */

export const treesPlace = temporary();
afterAll(treesPlace.remove);
afterEach(() => {
  vi.unstubAllEnvs();
});
let count = 0;
/** A path of its own for a tree. */
export const next = (name: string) => join(treesPlace.directory, `${name}-${count++}`);
export const main = 'apps/service/src/main.ts';
export const files = {
  'environments.yaml': 'version: 1\n',
  'service.yaml': serviceOf(['package.json', 'package-lock.json', 'apps/service', 'cdk']),
  'package.json': '{}\n',
  'package-lock.json': '{}\n',
  '.gitignore': 'node_modules/\nbuilt/\n*.tmp\n',
  [main]: 'export {};\nexport const id = "$Id$";\n',
  'apps/service/src/umlaut.ts': 'export const e = "é";\n',
  'cdk/synth.ts': '\n',
  'docs/a.md': '\n',
};
const plain = repository(next('tree'), files);
mkdirSync(join(plain, '.git/info'));
/** A copy of one repository: quicker than a new one. */
export function fresh(): string {
  const tree = next('tree');
  cpSync(plain, tree, { recursive: true });
  return tree;
}
/** The same with more in its commit. */
export function freshWith(more: Readonly<Record<string, string>>): string {
  const tree = fresh();
  writeFiles(tree, more);
  git(tree, 'add', '--all', '--force');
  git(tree, 'commit', '--quiet', '--message=more');
  return tree;
}

export const write = (tree: string, path: string, text: string) => writeFileSync(join(tree, path), text);

export const linked = (tree: string, target: string, path: string) => symlinkSync(target, join(tree, path));

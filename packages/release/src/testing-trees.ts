import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, vi } from 'vitest';
import { git, repository, serviceOf, temporary, writeFiles } from './testing.ts';

/** Trees with the inputs of a release, for the tests of a file that calls `forTrees` first. */

let place: ReturnType<typeof temporary> | null = null;
let plain: string | null = null;

/** Trees and changed variables are gone after the tests of the calling file: others share this module. */
export function forTrees(): void {
  afterEach(() => {
    vi.unstubAllEnvs();
  });
  afterAll(() => {
    place?.remove();
    place = null;
    plain = null;
  });
}

export const treesPlace = {
  get directory(): string {
    place ??= temporary();
    return place.directory;
  },
};
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
function first(): string {
  const tree = repository(next('tree'), files);
  mkdirSync(join(tree, '.git/info'));
  return tree;
}
/** A copy of one repository: quicker than a new one. */
export function fresh(): string {
  plain ??= first();
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

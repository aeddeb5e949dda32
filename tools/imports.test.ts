import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { inspectImports } from './imports.ts';

const trees: string[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) rmSync(tree, { recursive: true });
});

/** A repository with these files, and its packages linked as workspaces. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'imports-'));
  trees.push(root);
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(join(root, 'node_modules/@soundbite'), { recursive: true });
  put('package.json', '{"type":"module","workspaces":["packages/*"]}');
  for (const name of ['model', 'client', 'edge']) {
    const dependencies = { '@soundbite/model': '0.1.0', '@soundbite/edge': '0.1.0' };
    const exports = { '.': './src/index.ts', './*': './src/*' };
    put(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@soundbite/${name}`, type: 'module', exports, dependencies }),
    );
    put(`packages/${name}/src/index.ts`, `export type ${name} = string;\nexport const name = '${name}';\n`);
    symlinkSync(`../../packages/${name}`, join(root, 'node_modules/@soundbite', name));
  }
  for (const [path, text] of Object.entries(files)) put(path, text);
  return root;
}

const violationsOf = async (path: string, text: string) => (await inspectImports(tree({ [path]: text }))).violations;

describe('the import rule', () => {
  it('looks at every source file, and accepts an import of the model', async () => {
    const found = await inspectImports(
      tree({ 'packages/client/src/a.ts': "export { name } from '@soundbite/model';\n" }),
    );
    expect(found).toEqual({ violations: [], cruised: 4, sources: 4 });
  });

  it.each([
    [
      'a package that imports another',
      'packages/client/src/a.ts',
      "import { name } from '@soundbite/edge';\nexport const n = name;\n",
    ],
    [
      'by a path',
      'packages/client/src/a.ts',
      "import { name } from '../../edge/src/index.ts';\nexport const n = name;\n",
    ],
    [
      'by a type alone',
      'packages/client/src/a.ts',
      "import type { edge } from '@soundbite/edge';\nexport type E = edge;\n",
    ],
    [
      'by a file of it',
      'packages/client/src/a.ts',
      "import { name } from '@soundbite/edge/index.ts';\nexport const n = name;\n",
    ],
    ['while it runs', 'packages/client/src/a.ts', "export const late = () => import('@soundbite/edge');\n"],
  ])('catches %s', async (_what, path, text) => {
    expect(await violationsOf(path, text)).toEqual([
      'packages-import-the-model-only: packages/client/src/a.ts → packages/edge/src/index.ts',
    ]);
  });

  it.each([
    ['model-imports-no-room', 'packages/model/src/a.ts', "export { name } from '../../edge/src/index.ts';\n"],
    [
      'the-service-knows-no-deliverer',
      'apps/service/src/a.ts',
      "export { name } from '../../../packages/model/src/index.ts';\n",
    ],
    ['constructs-import-no-room', 'cdk/lib/a.ts', "export { name } from '../../packages/model/src/index.ts';\n"],
    ['the-cli-is-a-client', 'apps/cli/src/a.ts', "export { name } from '../../../packages/edge/src/index.ts';\n"],
    [
      'the-dashboard-is-a-client',
      'apps/dashboard/src/a.tsx',
      "export { name } from '../../../packages/edge/src/index.ts';\nexport const a = <p>a</p>;\n",
    ],
    ['the-model-is-pure', 'packages/model/src/a.ts', "export { readFileSync } from 'node:fs';\n"],
    ['resolvable', 'packages/edge/src/a.ts', "export { name } from './nowhere.ts';\n"],
  ])('has the rule %s', async (rule, path, text) => {
    const violations = await violationsOf(path, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(new RegExp(`^${rule}: ${path} → `));
  });

  it.each([
    ['types alone', "import type { B } from './b.ts';\nexport type A = B;\n"],
    ['a late import', "export type A = 1;\nexport const late = () => import('./b.ts');\n"],
  ])('has no circle of files, by %s neither', async (_how, a) => {
    const b = "import type { A } from './a.ts';\nexport type B = A | 1;\n";
    const { violations } = await inspectImports(tree({ 'apps/cli/src/a.ts': a, 'apps/cli/src/b.ts': b }));
    expect(violations.length).toBeGreaterThan(0);
    for (const violation of violations) expect(violation).toMatch(/^no-circles: /);
  });
});

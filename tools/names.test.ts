import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Exported by several files, and the same thing in each. Anything else gets a name of its own. */
const shared: Readonly<Record<string, string>> = {
  ask: 'one request to the control plane: of the command line, and of the page in a browser',
  CutResult: 'the contract has the schema of a noun of the model',
  LedgerEntry: 'the contract has the schema of a noun of the model',
  LogLine: 'the contract has the schema of a noun of the model',
  PromotionView: 'the contract has the schema of a noun of the model',
  clientOptions: 'the service imports nothing of this repository',
  listen: 'the service imports nothing of this repository',
  Log: 'the service imports nothing of this repository',
  openApiDocument: 'the service imports nothing of this repository',
  openLog: 'the service imports nothing of this repository',
  parseStrictJson: 'the service imports nothing of this repository',
  readWav: 'the service imports nothing of this repository',
  destroy: 'an environment: the engine when its turn comes, the infrastructure its stack',
  executedVersion: 'the emulator is checked for what the runtime asks',
  pushRelease: 'one release: the control plane by its digest, the release store its files',
  startHost: 'the command line starts what processes offer',
  up: 'one request: the control plane answers what the client asks',
  app: 'each environment of cdk has its app',
  run: 'each command of the command line has its action',
  writeWhole: 'the host may wait for its disk, the edge may not',
};

const isTests = /\.test\.ts$|\/testing|\/test-|\/conformance/;

/** The files that export each name. */
function exportedBy(files: readonly (readonly [path: string, text: string])[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [path, text] of files) {
    const declared = text.matchAll(
      /^export (?:abstract |async )*(?:type|interface|class|function\*?|const|let) (\w+)/gm,
    );
    // A schema and its type share a name.
    for (const name of new Set([...declared].map(([, one = '']) => one)))
      found.set(name, [...(found.get(name) ?? []), path]);
  }
  return found;
}

const homonyms = (files: readonly (readonly [path: string, text: string])[]) =>
  [...exportedBy(files)].filter(([, { length }]) => length > 1);

function sources() {
  const paths = globSync(['packages/*/src/**/*.ts', 'apps/*/{src,build}/**/*.{ts,tsx}', 'cdk/{bin,lib}/**/*.ts'], {
    cwd: root,
  });
  return paths
    .filter((path) => !isTests.test(path))
    .map((path) => [path, readFileSync(`${root}/${path}`, 'utf8')] as const);
}

describe('names', () => {
  it('have one meaning: no two files export the same name for different things', () => {
    const unjudged = homonyms(sources()).filter(([name]) => !(name in shared));
    expect(unjudged, 'rename one; if both mean the same, say why there are two').toEqual([]);
  });

  it('are exempt only while several files export them', () => {
    const several = new Set(homonyms(sources()).map(([name]) => name));
    expect(Object.keys(shared).filter((name) => !several.has(name))).toEqual([]);
  });

  it('are found in every form of an export', () => {
    const [a, b] = ['packages/edge/src/a.ts', 'apps/cli/src/b.ts'];
    const text =
      'export type A = 1;\nexport interface B {}\nexport async function c() {}\nexport abstract class D {}\nexport const E = 1;\nexport type E = 1;\n';
    const files = [
      [a, text],
      [b, 'export function* c() {}\nconst E = 2;\n'],
    ] as const;
    expect([...exportedBy(files).keys()]).toEqual(['A', 'B', 'c', 'D', 'E']);
    expect(homonyms(files)).toEqual([['c', [a, b]]]);
  });
});

it('hooks of tests are set by the file whose tests they are for: unit tests share what they import, so a module’s own would be set for the first file alone', () => {
  const paths = globSync(['{packages,apps}/*/src/**/*.ts', 'cdk/{bin,lib}/**/*.ts', 'tools/**/*.ts'], { cwd: root });
  const setting = paths.filter(
    (path) =>
      !path.endsWith('.test.ts') && /^(?:before|after)(?:All|Each)\(/m.test(readFileSync(`${root}/${path}`, 'utf8')),
  );
  expect(setting).toEqual([]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { inspectDocs } from './docs.ts';

it('every link, command and path in the documents exists', () => {
  const { documents, problems } = inspectDocs(fileURLToPath(new URL('..', import.meta.url)));
  expect(documents).toContain('README.md');
  expect(problems).toEqual([]);
});

/** The problems of one README beside a guide and a source file. */
function problemsOf(readme: string): readonly string[] {
  const root = mkdtempSync(join(tmpdir(), 'docs-'));
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  try {
    put('package.json', '{"scripts":{"check":""}}');
    put('docs/guides/staging.md', '# The guide: staging\n');
    put('packages/model/src/index.ts', '');
    put('README.md', readme);
    return inspectDocs(root).problems;
  } finally {
    rmSync(root, { recursive: true });
  }
}

it.each([
  '[guide](docs/guides/staging.md) and [its head](docs/guides/staging.md#the-guide-staging), [web](https://example.com)',
  '`packages/model/src/index.ts:12`, `docs/guides/<environment>.md`, `packages/*/src`, `packages/model/`',
  '`./scripts/soundbite.sh up`, `soundbite release cut|list`, `soundbite.sh test unit`; soundbite is a name',
  'npm run check',
])('accepts %s', (line) => {
  expect(problemsOf(line)).toEqual([]);
});

it.each([
  ['[guide](docs/guides/production.md)', 'links to docs/guides/production.md, which is not there'],
  ['[guide](docs/guides/staging.md#end)', 'links to docs/guides/staging.md#end, which has no such heading'],
  ['`packages/model/src/gone.ts`', 'names packages/model/src/gone.ts, which is not there'],
  ['`cdk/<name>/app.ts`', 'names cdk/<name>/app.ts, which is not there'],
  ['./scripts/soundbite.sh start', 'says soundbite start, which is not a command'],
  ['`soundbite release make`', 'says soundbite release make, which is not a command'],
  ['npm run checks', 'says npm run checks, which package.json does not have'],
])('catches %s', (line, problem) => {
  expect(problemsOf(`# Title\n\n${line}\n`)).toEqual([`README.md:3 ${problem}`]);
});

import { expect, it } from 'vitest';
import { problemText } from '../declaration/source.ts';
import { parseService } from './parse.ts';
import { missingProgramFiles } from './program-files.ts';

/** What is said of a migration with this command, in a directory with these files. */
function problems(command: string, ...files: readonly string[]): string[] {
  const text = `version: 1
name: orders
inputs: [src]
app: [node, app.mjs]
components: [{ name: api, function: Api }]
migration:
  directory: src/m
  command: ${command}
  seconds: 9
`;
  const parsed = parseService({ file: 'service.yaml', text });
  if (!parsed.ok) throw new Error(parsed.problems.map(problemText).join());
  return missingProgramFiles(parsed.service, { file: 'service.yaml', text }, files).map(problemText);
}

it.each([
  ['[node, main.mjs]', 'src/m/main.mjs'],
  ['[node, ./lib/main.mjs, main.cjs]', 'src/m/lib/main.mjs'],
  ['[node, main]', 'src/m/main.js'],
  ['[node, --no-warnings, main.mjs]', 'src/m/other.mjs'],
  ['[python3, -m, migrate]', 'src/m/migrate.py'],
  ['[./run.sh]', 'src/m/run.sh'],
  ['[/usr/bin/make, all]', 'src/m/Makefile'],
  ['[make]', 'src/m/Makefile'],
])('a program %s has its files', (command, file) => {
  expect(problems(command, 'src/index.mjs', file)).toEqual([]);
});

it.each([
  [
    '[node, main.mjs]',
    'service.yaml:8 migration.command[1]: main.mjs is not in src/m; the command runs in that directory',
  ],
  [
    '[python3, ./m.py]',
    'service.yaml:8 migration.command[1]: m.py is not in src/m; the command runs in that directory',
  ],
  ['[bin/run]', 'service.yaml:8 migration.command[0]: bin/run is not in src/m; the command runs in that directory'],
])('a program %s whose file is missing is told so with its line', (command, problem) => {
  expect(problems(command, 'src/m/other.mjs', 'src/main.mjs', 'main.mjs')).toEqual([problem]);
});

it('a directory without a file of the release is told so', () => {
  expect(problems('[node, main.mjs]', 'src/main.mjs', 'src/mm/main.mjs')).toEqual([
    'service.yaml:7 migration.directory: no file of a release is in src/m; tests and Markdown are left out',
  ]);
});

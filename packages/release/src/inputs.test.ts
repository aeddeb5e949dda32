import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inputsDigest, readInputs } from './inputs.ts';
import { git, repository, serviceOf, temporary, writeFiles } from './testing.ts';

const place = temporary();
afterAll(place.remove);
let count = 0;
const files = {
  'environments.yaml': 'version: 1',
  'service.yaml': serviceOf(['package.json', 'package-lock.json', 'apps/service', 'cdk']),
  'package.json': '{}',
  'package-lock.json': '{}',
  '.gitignore': 'node_modules/\nignored.ts\n',
  'apps/service/src/main.ts': 'export {};',
  'apps/service/src/main.test.ts': '',
  'apps/cli/src/main.js': '',
  'cdk/synth.ts': '',
  'docs/a.md': '',
};
const fresh = () => repository(join(place.directory, `tree-${count++}`), files);

describe('inputs', () => {
  it('are what a release is made of: no tests, no prose, nothing of other rooms', async () => {
    const inputs = await readInputs(fresh());
    expect(inputs.files.map(({ path }) => path)).toEqual([
      'apps/service/src/main.ts',
      'cdk/synth.ts',
      'environments.yaml',
      'package-lock.json',
      'package.json',
      'service.yaml',
    ]);
    expect(inputs.dirty).toBe(false);
    expect(inputs.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(inputs.committedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('are what another service declares, wherever that lies', async () => {
    const tree = fresh();
    writeFiles(tree, { 'service.yaml': serviceOf(['infra/app.py', 'src']), 'infra/app.py': '', 'src/a/b.py': '' });
    const { files: found, service } = await readInputs(tree);
    expect(found.map(({ path }) => path)).toEqual(['environments.yaml', 'infra/app.py', 'service.yaml', 'src/a/b.py']);
    expect(service).toMatchObject({ name: 'one', inputs: ['infra/app.py', 'src'] });
  });

  it.each<[string, string | null, RegExp]>([
    ['no service.yaml', null, /^service\.yaml is missing$/],
    ['one that is wrong', 'version: 1\nname: one\n', /service\.yaml:1 inputs: is missing; it must be a list/],
    [
      'one that names what is not there',
      serviceOf(['cdk', 'apps/servise', 'infra']),
      /^service\.yaml inputs: apps\/servise and infra are not there$/,
    ],
  ])('are refused with %s', async (_what, text, message) => {
    const tree = fresh();
    if (text === null) rmSync(join(tree, 'service.yaml'));
    else writeFiles(tree, { 'service.yaml': text });
    await expect(readInputs(tree)).rejects.toMatchObject({
      code: 'declaration-invalid',
      message: expect.stringMatching(message),
    });
  });

  it('are the same in a clone elsewhere', async () => {
    const tree = fresh();
    const clone = join(place.directory, 'a clone with spaces');
    execFileSync('git', ['clone', '--quiet', tree, clone], { stdio: 'pipe' });
    expect(await readInputs(clone)).toEqual(await readInputs(tree));
  });

  it.each<[string, (tree: string) => void]>([
    ['a changed file', (tree) => writeFileSync(join(tree, 'environments.yaml'), 'version: 2')],
    ['a new file', (tree) => writeFileSync(join(tree, 'apps/service/src/new.ts'), '')],
    ['a removed file', (tree) => rmSync(join(tree, 'cdk/synth.ts'))],
    [
      'a staged file',
      (tree) => {
        writeFileSync(join(tree, 'cdk/x.ts'), '');
        git(tree, 'add', 'cdk/x.ts');
      },
    ],
  ])('tell %s', async (_name, change) => {
    const tree = fresh();
    const before = await inputsDigest(tree);
    change(tree);
    const after = await readInputs(tree);
    expect(after.digest).not.toBe(before);
    expect(after.dirty).toBe(true);
  });

  it.each<[string, string]>([
    ['a test', 'apps/service/src/other.test.ts'],
    ['prose', 'apps/service/NOTES.md'],
    ['an ignored file', 'apps/service/src/ignored.ts'],
    ['another room', 'apps/cli/src/other.ts'],
    ['an installed package', 'apps/service/node_modules/x/index.js'],
    ['overrides', 'environments.local.yaml'],
  ])('do not change with %s', async (_name, path) => {
    const tree = fresh();
    const before = await readInputs(tree);
    writeFiles(tree, { [path]: 'x' });
    expect(await readInputs(tree)).toEqual(before);
  });

  it('say that nothing is dirty once a change is committed, and are the same over commits that do not matter', async () => {
    const tree = fresh();
    const before = await readInputs(tree);
    writeFileSync(join(tree, 'docs/a.md'), 'more');
    git(tree, 'commit', '--all', '--quiet', '--message=prose');
    const after = await readInputs(tree);
    expect(after).toEqual(before);
    expect(after.dirty).toBe(false);
  });
});

describe('a source that cannot be cut', () => {
  it.each<[string, () => string, string, RegExp]>([
    [
      'without git',
      () => {
        const tree = fresh();
        rmSync(join(tree, '.git'), { recursive: true });
        return tree;
      },
      'source-without-git',
      /is not a git working tree/,
    ],
    ['that is part of another repository', () => join(fresh(), 'apps'), 'source-without-git', /is not the root of/],
    [
      'without a commit',
      () => {
        const tree = join(place.directory, `empty-${count++}`);
        mkdirSync(tree);
        git(tree, 'init', '--quiet');
        return tree;
      },
      'source-without-commit',
      /has no commit/,
    ],
    [
      'that is not there',
      () => join(place.directory, 'nowhere'),
      'source-without-git',
      /nowhere is not a git working tree/,
    ],
  ])('%s is refused, with the hint', async (_name, make, code, message) => {
    const tree = make();
    await expect(readInputs(tree)).rejects.toMatchObject({
      code,
      source: 'user',
      message: expect.stringMatching(message),
      hint: expect.any(String),
    });
  });
});

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readInputs } from './inputs.ts';
import { git, repository, serviceOf, writeFiles } from './testing.ts';
import { files, forTrees, fresh, freshWith, linked, main, next, treesPlace, write } from './testing-trees.ts';

forTrees();

/** A checkout of the tree's commit made under a configuration. */
function clone(tree: string, ...config: string[]): string {
  const directory = next('clone');
  execFileSync('git', ['clone', '--quiet', ...config.flatMap((one) => ['--config', one]), tree, directory], {
    stdio: 'pipe',
  });
  return directory;
}

describe('inputs of a checkout whose bytes are the commit', () => {
  it.each<[string, (tree: string) => string | undefined]>([
    ['core.fileMode=false', (tree) => clone(tree, 'core.fileMode=false')],
    ['core.ignoreCase=true', (tree) => clone(tree, 'core.ignoreCase=true')],
    ['an executable bit more', (tree) => void chmodSync(join(tree, main), 0o755)],
    ['an executable bit more, staged', (tree) => void git(tree, 'update-index', '--chmod=+x', main)],
    ['no permission for others', (tree) => void chmodSync(join(tree, main), 0o600)],
    ['other times', (tree) => utimesSync(join(tree, main), 1, 1) as undefined],
    ['a file taken out of the index', (tree) => void git(tree, 'rm', '--quiet', '--cached', main)],
    ['a change that is staged and was undone', (tree) => stagedAndUndone(tree)],
    ['no index', (tree) => unlinkSync(join(tree, '.git/index')) as undefined],
    ['an index that nobody can read', (tree) => void write(tree, '.git/index', 'nothing')],
    ['a clone of one commit', (tree) => shallow(tree)],
    ['another worktree', (tree) => worktree(tree)],
    ['a grafted history', (tree) => grafted(tree)],
    ['a replaced commit', (tree) => replaced(tree)],
    ['signatures shown in every log', (tree) => void git(tree, 'config', 'log.showSignature', 'true')],
    ['a filter of a user that does not change these files', (tree) => clone(tree, 'filter.x.clean=tr a b')],
  ])('are the same and clean: %s', async (_name, change) => {
    const tree = fresh();
    const { contents: _, ...before } = await readInputs(tree);
    const { contents: __, ...after } = await readInputs(change(tree) ?? tree);
    expect(before.dirty).toBe(false);
    expect(after).toEqual(before);
  });

  const attributes = readFileSync(new URL('../../../.gitattributes', import.meta.url), 'utf8');
  const anyAttributes = '*.ts text ident working-tree-encoding=UTF-16 filter=rot\n';
  it.each<[string, readonly string[]]>([
    ['core.autocrlf=true', ['core.autocrlf=true']],
    ['core.eol=crlf', ['core.eol=crlf', 'core.autocrlf=false']],
    ['attributes of the user', ['filter.rot.smudge=tr a-z n-za-m', 'filter.rot.clean=tr n-za-m a-z']],
  ])('are the same under .gitattributes of this repository: %s', async (_name, config) => {
    const tree = freshWith({ '.gitattributes': attributes });
    write(tree, 'docs/user-attributes', anyAttributes);
    const user = `core.attributesFile=${join(tree, 'docs/user-attributes')}`;
    const { contents: _, ...there } = await readInputs(clone(tree, ...config, user));
    const { contents: __, ...here } = await readInputs(tree);
    expect(there).toEqual(here);
    expect(there.dirty).toBe(false);
  });
});

const stagedAndUndone = (tree: string): undefined => {
  const before = readFileSync(join(tree, main));
  write(tree, main, 'other');
  git(tree, 'add', main);
  writeFileSync(join(tree, main), before);
};
function shallow(tree: string): string {
  const directory = next('shallow');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${tree}`, directory], { stdio: 'pipe' });
  return directory;
}
function worktree(tree: string): string {
  const directory = next('worktree');
  git(tree, 'worktree', 'add', '--quiet', '--detach', directory);
  return directory;
}
const grafted = (tree: string): undefined => {
  const other = git(tree, 'commit-tree', 'HEAD^{tree}', '-m', 'other');
  write(tree, '.git/info/grafts', `${git(tree, 'rev-parse', 'HEAD')} ${other}\n`);
};
const replaced = (tree: string): undefined => {
  const head = git(tree, 'rev-parse', 'HEAD');
  const blob = execFileSync('git', ['-C', tree, 'hash-object', '-w', '--stdin'], { input: 'else' }).toString().trim();
  git(tree, 'update-index', '--cacheinfo', `100644,${blob},${main}`);
  const other = git(tree, 'commit-tree', git(tree, 'write-tree'), '-m', 'other');
  git(tree, 'replace', head, other);
};

describe('inputs that are not in the commit are dirty, and named', () => {
  const modified = [{ path: main, change: 'modified' }];
  it.each<[string, (tree: string) => string | undefined, object[]]>([
    ['core.autocrlf=true', (tree) => clone(tree, 'core.autocrlf=true'), everyFile()],
    ['core.eol=crlf', (tree) => attributed(tree, '* text', 'core.eol=crlf'), everyFile()],
    ['ident', (tree) => attributed(tree, '*.ts ident'), modified],
    [
      'working-tree-encoding',
      (tree) => attributed(tree, 'umlaut.ts text working-tree-encoding=UTF-16LE'),
      [{ path: 'apps/service/src/umlaut.ts', change: 'modified' }],
    ],
    [
      'a smudge filter',
      (tree) => attributed(tree, 'main.ts filter=f', 'filter.f.smudge=tr e f', 'filter.f.clean=tr f e'),
      modified,
    ],
    ['assume-unchanged', (tree) => hidden(tree, '--assume-unchanged'), modified],
    ['skip-worktree', (tree) => hidden(tree, '--skip-worktree'), modified],
    ['sparse checkout', (tree) => sparse(tree), [{ path: main, change: 'removed' }]],
    ['an index with the same time and size', (tree) => racy(tree), modified],
    ['core.fsmonitor that sees nothing', (tree) => unseen(tree), modified],
    ['a file that is ignored by the clone', (tree) => ignoredBy(tree, '.git/info/exclude'), [added('cdk/x.ts')]],
    ['a file that is ignored by the user', (tree) => ignoredByUser(tree), [added('cdk/x.ts')]],
    ['intent to add', (tree) => intended(tree), [added('cdk/x.ts')]],
    ['a file staged only', (tree) => staged(tree), [added('cdk/x.ts')]],
    ['a name with a line break', (tree) => void write(tree, 'cdk/a\nb.ts', ''), [added('cdk/a\nb.ts')]],
    [
      'names that differ in case',
      (tree) => renameSync(join(tree, 'cdk/synth.ts'), join(tree, 'cdk/Synth.ts')) as undefined,
      [added('cdk/Synth.ts'), { path: 'cdk/synth.ts', change: 'removed' }],
    ],
    ['a name in another Unicode form', (tree) => void write(tree, 'cdk/e\u0301.ts', ''), [added('cdk/e\u0301.ts')]],
    ['a link in place of its file', (tree) => linkInPlace(tree), modified],
    [
      'a link written as a file, as core.symlinks=false does',
      (tree) => linkAsFile(tree),
      [{ path: 'cdk/link.ts', change: 'modified' }],
    ],
  ])('%s', async (_name, change, expected) => {
    const tree = fresh();
    const inputs = await readInputs(change(tree) ?? tree);
    expect(inputs.uncommitted).toEqual(expected);
    expect(inputs.dirty).toBe(true);
  });

  it('an ignored file that the commit has is an input', async () => {
    const tree = freshWith({ 'cdk/kept.tmp': 'x' });
    writeFiles(tree, { 'cdk/kept.tmp': 'y', 'cdk/built/other.tmp': 'z', 'cdk/other.tmp': 'z' });
    expect((await readInputs(tree)).uncommitted).toEqual([{ path: 'cdk/kept.tmp', change: 'modified' }]);
  });

  it('in a repository of SHA-256, too', async () => {
    const tree = next('sha256');
    mkdirSync(tree);
    git(tree, 'init', '--quiet', '--object-format=sha256');
    repository(tree, files);
    const clean = await readInputs(tree);
    expect(clean).toMatchObject({ dirty: false, commit: expect.stringMatching(/^[0-9a-f]{64}$/) });
    write(tree, main, '');
    expect((await readInputs(tree)).uncommitted).toEqual(modified);
  });
});

function added(path: string): object {
  return { path, change: 'added' };
}
function everyFile(): object[] {
  return Object.keys(files)
    .filter((path) => !path.startsWith('docs') && !path.startsWith('.'))
    .sort()
    .map((path) => ({ path, change: 'modified' }));
}
function attributed(tree: string, line: string, ...config: string[]): string {
  write(tree, '.gitattributes', `${line}\n`);
  git(tree, 'add', '.gitattributes');
  git(tree, 'commit', '--quiet', '--message=attributes');
  const other = clone(tree, ...config);
  expect(git(other, 'status', '--porcelain')).toBe('');
  return other;
}
const hidden = (tree: string, flag: string): undefined => {
  git(tree, 'update-index', flag, main);
  write(tree, main, 'other');
  expect(git(tree, 'status', '--porcelain')).toBe('');
};
const racy = (tree: string): undefined => {
  const at = new Date('2026-01-02T03:04:05Z');
  utimesSync(join(tree, main), at, at);
  git(tree, 'config', 'core.checkStat', 'minimal');
  git(tree, 'config', 'core.trustctime', 'false');
  git(tree, 'update-index', '--refresh');
  write(tree, main, files[main]?.replace('export', 'expert') ?? '');
  utimesSync(join(tree, main), at, at);
  expect(git(tree, 'status', '--porcelain')).toBe('');
};
const sparse = (tree: string): undefined => {
  git(tree, 'update-index', '--refresh');
  git(tree, 'sparse-checkout', 'set', '--no-cone', '/*', '!main.ts');
};
const unseen = (tree: string): undefined => {
  write(tree, '.git/watch', '#!/bin/sh\nprintf "token\\0"\n');
  chmodSync(join(tree, '.git/watch'), 0o755);
  git(tree, 'config', 'core.fsmonitor', join(tree, '.git/watch'));
  git(tree, 'status');
  write(tree, main, 'other');
};
const ignoredBy = (tree: string, list: string): undefined => {
  writeFiles(tree, { [list]: 'x.ts\n', 'cdk/x.ts': '' });
};
const ignoredByUser = (tree: string): undefined => {
  ignoredBy(tree, 'docs/list');
  git(tree, 'config', 'core.excludesFile', join(tree, 'docs/list'));
};
const intended = (tree: string): undefined => {
  write(tree, 'cdk/x.ts', '');
  git(tree, 'add', '--intent-to-add', 'cdk/x.ts');
};
const staged = (tree: string): undefined => {
  write(tree, 'cdk/x.ts', '');
  git(tree, 'add', 'cdk/x.ts');
};
const linkInPlace = (tree: string): undefined => {
  unlinkSync(join(tree, main));
  symlinkSync('umlaut.ts', join(tree, main));
};
const linkAsFile = (tree: string): undefined => {
  linked(tree, 'synth.ts', 'cdk/link.ts');
  git(tree, 'add', '--all');
  git(tree, 'commit', '--quiet', '--message=link');
  unlinkSync(join(tree, 'cdk/link.ts'));
  write(tree, 'cdk/link.ts', 'synth.ts');
};

describe('git variables of whoever calls', () => {
  it.each([
    ['GIT_DIR', '/nowhere'],
    ['GIT_WORK_TREE', '/'],
    ['GIT_INDEX_FILE', '/nowhere/index'],
    ['GIT_OBJECT_DIRECTORY', '/nowhere'],
    ['GIT_COMMON_DIR', '/nowhere'],
    ['GIT_NAMESPACE', 'other'],
    ['GIT_CEILING_DIRECTORIES', treesPlace.directory],
    ['GIT_LITERAL_PATHSPECS', '1'],
    ['GIT_GRAFT_FILE', '/nowhere'],
    ['GIT_SHALLOW_FILE', '/dev/null'],
    ['GIT_DEFAULT_HASH', 'sha256'],
    ['GIT_PREFIX', 'cdk/'],
  ])('%s=%s changes nothing', async (name, value) => {
    const tree = fresh();
    const before = await readInputs(tree);
    vi.stubEnv(name, value);
    expect(await readInputs(tree)).toEqual(before);
  });
});

describe('a link to a file that is an input', () => {
  it('is that file, and clean when the commit has the link', async () => {
    const tree = fresh();
    linked(tree, 'synth.ts', 'cdk/link.ts');
    git(tree, 'add', '--all');
    git(tree, 'commit', '--quiet', '--message=link');
    const { dirty, contents } = await readInputs(tree);
    expect(dirty).toBe(false);
    expect(contents.get('cdk/link.ts')?.toString()).toBe('\n');
  });
});

describe('the commit of a release', () => {
  const committed = (tree: string, path: string) => {
    writeFiles(tree, { [path]: `${path} in another form\n` });
    git(tree, 'add', '--all');
    git(tree, 'commit', '--quiet', '--message=later', '--date=2026-02-03T04:05:06Z');
    return git(tree, 'rev-parse', 'HEAD');
  };

  it.each(['packages/model/src/names.ts', 'packages/release/src/zip.ts', 'cdk/a.test.ts', 'apps/service/README.md'])(
    'stays the one before when only %s changed: the release is the same',
    async (path) => {
      const tree = fresh();
      const { contents: _, ...before } = await readInputs(tree);
      committed(tree, path);
      const { contents: __, ...after } = await readInputs(tree);
      expect(after).toEqual(before);
    },
  );

  it('is the last one that changed an input, and not the newest', async () => {
    const tree = fresh();
    const changed = committed(tree, 'cdk/synth.ts');
    const { committedAt } = await readInputs(tree);
    committed(tree, 'docs/a.md');
    expect(await readInputs(tree)).toMatchObject({ commit: changed, committedAt, dirty: false });
  });

  it('is the newest where no commit has an input', async () => {
    const tree = repository(next('empty'), { 'docs/a.md': '\n' });
    writeFiles(tree, { 'service.yaml': serviceOf(['docs', 'src']), 'src/a.ts': '' });
    expect(await readInputs(tree)).toMatchObject({ commit: git(tree, 'rev-parse', 'HEAD'), dirty: true });
  });
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SoundBiteError } from '@soundbite/model';

const run = promisify(execFile);

/** The commit that a working tree stands on. */
export interface Head {
  /** 40 hex digits. */
  readonly commit: string;
  /** The committer's time, in UTC: `2026-01-02T03:04:05Z`. */
  readonly committedAt: string;
}

/**
 * The tree's HEAD.
 * Errors: `source-without-git` (no repository, or one that git refuses to read), `source-without-commit`.
 */
export async function head(source: string): Promise<Head> {
  const top = await git(source, ['rev-parse', '--show-cdup']).catch((cause: unknown) => {
    throw new SoundBiteError('source-without-git', `${source} is no git working tree: ${lastLine(cause)}`, {
      source: 'user',
      mend: 'cut from a git clone: a release names the commit that it was made from',
      cause,
    });
  });
  if (top.trim() !== '') {
    throw new SoundBiteError('source-without-git', `${source} is not the top of its git working tree`, {
      source: 'user',
      mend: 'give the directory that holds environments.yaml, as the root of a repository of its own',
    });
  }
  const shown = await git(source, ['log', '-1', '--format=%H %ct', 'HEAD']).catch((cause: unknown) => {
    throw new SoundBiteError('source-without-commit', `${source} has no commit: ${lastLine(cause)}`, {
      source: 'user',
      mend: 'git commit, then cut again',
      cause,
    });
  });
  const [commit = '', seconds = ''] = shown.trim().split(' ');
  return { commit, committedAt: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}

/** Tracked and new files below `paths`, ignored ones left out; sorted by bytes of their paths. */
export async function filesBelow(source: string, paths: readonly string[]): Promise<string[]> {
  const listed = await git(source, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths]);
  return [...new Set(names(listed))].sort();
}

/** Those of the files below `paths` that differ from HEAD: changed, new or removed. */
export async function changedBelow(source: string, paths: readonly string[]): Promise<string[]> {
  const [changed, fresh] = await Promise.all([
    git(source, ['diff', '--name-only', '--no-renames', '-z', 'HEAD', '--', ...paths]),
    git(source, ['ls-files', '-z', '--others', '--exclude-standard', '--', ...paths]),
  ]);
  return [...new Set([...names(changed), ...names(fresh)])].sort();
}

const names = (listed: string): string[] => listed.split('\0').filter((name) => name !== '');

async function git(source: string, args: readonly string[]): Promise<string> {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...environment } = process.env;
  const { stdout } = await run('git', ['-C', source, ...args], {
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    // Reading must not take the index lock from a person who works in the same tree.
    env: { ...environment, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' },
  });
  return stdout;
}

function lastLine(cause: unknown): string {
  const text = (cause as { readonly stderr?: string }).stderr || String(cause);
  return text.trim().split('\n').at(-1) ?? text;
}

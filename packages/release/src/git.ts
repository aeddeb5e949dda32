import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { SoundBiteError } from '@soundbite/model';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';
import { utf8 } from './input-path.ts';

const run = promisify(execFile);

/** The commit of a working tree. */
export interface Head {
  /** 40 hex digits; 64 in a repository of SHA-256. */
  readonly commit: string;
  /** The committer's time, in UTC: `2026-01-02T03:04:05Z`. */
  readonly committedAt: string;
}

/** One path of a commit: git's mode (`100644`, `120000` for a link, `160000` for a submodule) and the name of its blob. */
export interface CommittedPath {
  readonly mode: string;
  readonly object: string;
}

/**
 * The tree's HEAD, as it was committed: refs/replace is not asked.
 * Errors: `source-without-git` (no repository, or one that git refuses to read), `source-without-commit`.
 */
export async function head(source: string): Promise<Head> {
  const top = await text(source, ['rev-parse', '--show-cdup']).catch((cause: unknown) => {
    throw withoutGit(source, cause);
  });
  if (top.trim() !== '') {
    throw new SoundBiteError('source-without-git', `${source} is not the root of its git working tree`, {
      hint: 'pass the directory that holds environments.yaml, as the root of its own repository',
    });
  }
  const found = await text(source, ['rev-parse', '--verify', 'HEAD^{commit}']).catch((cause: unknown) => {
    throw new SoundBiteError('source-without-commit', `${source} has no commit: ${lastLine(cause)}`, {
      hint: 'git commit, then cut again',
      cause,
    });
  });
  return aboutCommit(source, found.trim());
}

/**
 * The last commit up to `head` in which something below `paths` changed, without what `left` (glob patterns) leaves out; `head` if none did. Another commit after
 * it is the same source. A shallow clone knows no commit before its own first one, and names that.
 */
export async function lastChange(
  source: string,
  { commit: head, committedAt }: Head,
  { paths, left }: { readonly paths: readonly string[]; readonly left: readonly string[] },
): Promise<Head> {
  const without = left.map((pattern) => `:(exclude,glob)${pattern}`);
  const found = (await text(source, ['rev-list', '-1', head, '--', ...paths, ...without])).trim();
  return found === '' || found === head ? { commit: head, committedAt } : aboutCommit(source, found);
}

async function aboutCommit(source: string, commit: string): Promise<Head> {
  // The commit itself: `git log` would obey the user's configuration (signatures, encodings).
  const seconds = /^committer .* (\d+) [+-]\d{4}$/m.exec(await text(source, ['cat-file', 'commit', commit]))?.[1];
  return { commit, committedAt: new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z') };
}

/** The commit's own tree below `paths`; the index is not used. Error: `input-invalid` for a name that is not UTF-8. */
export async function committedBelow(
  source: string,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, CommittedPath>> {
  const listed = split(await git(source, ['ls-tree', '-r', '-z', '--full-tree', commit, '--', ...paths]));
  return new Map(
    listed.map((line): [string, CommittedPath] => {
      const tab = line.indexOf('\t');
      const [mode = '', , object = ''] = line.subarray(0, tab).toString('ascii').split(' ');
      return [utf8(line.subarray(tab + 1)), { mode, object }];
    }),
  );
}

/**
 * Whether the tree's own .gitignore files ignore a path below `paths`. The user's and the clone's lists (core.excludesFile,
 * info/exclude) are not asked, nor is the index: the same tree has the same inputs for everybody.
 */
export async function ignoredBelow(source: string, paths: readonly string[]): Promise<(path: string) => boolean> {
  const listed = await git(
    source,
    [
      ...['-c', 'core.fsmonitor=false', '-c', 'core.untrackedCache=false', '-c', 'core.ignoreCase=false'],
      ...['ls-files', '-z', '--others', '--ignored', '--exclude-per-directory=.gitignore', '--directory'],
      ...['--', ...paths],
    ],
    { GIT_INDEX_FILE: '/nonexistent/index' },
  );
  const ignored = new Set(split(listed).map((name) => name.toString('utf8')));
  const directories = [...ignored].filter((name) => name.endsWith('/'));
  return (path) => ignored.has(path) || directories.some((directory) => path.startsWith(directory));
}

/** The parts between NULs. */
function split(listed: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let from = 0; from < listed.length; ) {
    const end = listed.indexOf(0, from);
    parts.push(listed.subarray(from, end));
    from = end + 1;
  }
  return parts;
}

async function text(source: string, args: readonly string[]): Promise<string> {
  return (await git(source, args)).toString('latin1');
}

async function git(source: string, args: readonly string[], more: Record<string, string> = {}): Promise<Buffer> {
  const { stdout } = await run('git', ['-C', source, ...args], {
    encoding: 'buffer',
    maxBuffer: 64 << 20,
    env: { ...gitEnvironment(process.env), ...asItIs, ...more },
  });
  return stdout;
}

/** The tree as it is, and its history as it was committed. Reading must not take the index lock while a person works in the same tree. */
const asItIs = { GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_GRAFT_FILE: '/dev/null', LC_ALL: 'C' };

function withoutGit(source: string, cause: unknown): SoundBiteError {
  const refused = (message: string, hint: string) => new SoundBiteError('source-without-git', message, { hint, cause });
  if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && (cause as { path?: string }).path === 'git')
    return refused('git is not installed', 'install git: a release names the commit that it was made from');
  if (stderrOf(cause).includes('dubious ownership'))
    return refused(
      `git refuses to read ${source}: it belongs to another user`,
      `git config --global --add safe.directory ${source}`,
    );
  return refused(
    `${source} is not a git working tree: ${lastLine(cause)}`,
    'cut from a git clone: a release names the commit that it was made from',
  );
}

const stderrOf = (cause: unknown): string => String((cause as { readonly stderr?: Buffer }).stderr ?? '');

function lastLine(cause: unknown): string {
  const said = stderrOf(cause) || String(cause);
  return said.trim().split('\n').at(-1) ?? said;
}

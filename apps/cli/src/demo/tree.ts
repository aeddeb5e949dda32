import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, lstat, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { environmentsFile, parseService, problemText, serviceFile } from '@soundbite/model';
import { type DemoRelease, type DemoScript, editedFiles } from '@soundbite/model/demo/script.ts';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { gitEnvironment } from '@soundbite/model/git-environment.ts';
import { treeIn } from './journal-file.ts';

const run = promisify(execFile);

/** A scratch copy of what a release is made of, a repository of its own. */
export interface DemoTree {
  readonly directory: string;
  /** The copy with the edits of one release committed, and nothing else: the commit. */
  commit(release: DemoRelease): Promise<string>;
}

/** Refuses a script whose edits the repository does not bear, before anything is done. Errors: `demo-unfit`. */
export function refuseEdits(root: string, { releases }: DemoScript): void {
  for (const release of Object.values(releases)) editsOf(root, release);
}

/** Copies the inputs as they stand in the working tree; the installed packages are linked. */
export async function scratchCopy(root: string, home: string): Promise<DemoTree> {
  const directory = treeIn(home);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const inputs = [environmentsFile, serviceFile, ...inputsOf(root)];
  const listed = await git(root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...inputs);
  const files = [...new Set(listed.split('\0').filter(Boolean))];
  for (const file of files) await copied(join(root, file), join(directory, file));
  for (const place of new Set(['.', ...files.map(dirname)])) await linkPackages(root, directory, place);
  await git(directory, 'init', '--quiet', '--initial-branch', 'demo');
  await git(directory, 'add', '--all');
  await commitAll(directory, 'The service as it stands');
  const first = (await git(directory, 'rev-parse', 'HEAD')).trim();
  return {
    directory,
    async commit(release) {
      await git(directory, 'reset', '--quiet', '--hard', first);
      for (const [file, text] of editsOf(directory, release)) await writeFile(join(directory, file), text);
      await commitAll(directory, release.subject);
      return (await git(directory, 'rev-parse', 'HEAD')).trim();
    },
  };
}

/** What is cut of it at that moment is refused: its source has changed. */
export const removeTree = (home: string): Promise<void> => rm(treeIn(home), { recursive: true, force: true });

function editsOf(root: string, release: DemoRelease): ReadonlyMap<string, string> {
  try {
    return editedFiles(release, (file) => readFileSync(join(root, file), 'utf8'));
  } catch (error) {
    const message = `the demo cannot make its release “${release.subject}”: ${(error as Error).message}`;
    throw new SoundBiteError('demo-unfit', message, { cause: error });
  }
}

function inputsOf(root: string): readonly string[] {
  const parsed = parseService({ file: serviceFile, text: readFileSync(join(root, serviceFile), 'utf8') });
  if (parsed.ok) return parsed.service.inputs;
  throw new SoundBiteError('declaration-invalid', parsed.problems.map(problemText).join('\n'));
}

/** A file that was removed, but not yet committed so, is listed and not there. */
async function copied(from: string, to: string): Promise<void> {
  if (!(await isThere(from))) return;
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { verbatimSymlinks: true });
}

async function linkPackages(root: string, directory: string, place: string): Promise<void> {
  const packages = join(root, place, 'node_modules');
  if (await isThere(packages)) await symlink(packages, join(directory, place, 'node_modules'));
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

const commitAll = (directory: string, subject: string) =>
  git(directory, '-c', 'commit.gpgSign=false', 'commit', '--quiet', '--all', '--no-verify', '--message', subject);

/** Whatever the user's own git is told to do: of this repository nobody else hears. */
async function git(directory: string, ...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=SoundBite demo', '-c', 'user.email=demo@localhost', '-c', 'core.hooksPath=/dev/null'];
  const { stdout } = await run('git', ['-C', directory, ...who, ...args], {
    maxBuffer: 64 * 1024 * 1024,
    env: gitEnvironment(process.env),
  });
  return stdout;
}

import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';

const run = promisify(execFile);

export interface WorkingCopy {
  readonly directory: string;
  /** Replaces `from` in a file, once; a test whose change does not apply any more must fail. */
  edit(file: string, from: string, to: string): Promise<void>;
  commit(message: string): Promise<void>;
  remove(): Promise<void>;
}

/** A copy of this repository as its working tree stands, with a history of one commit and the installed packages linked in. */
export async function workingCopy(): Promise<WorkingCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-copy-'));
  const git = (...args: string[]) =>
    run('git', ['-C', directory, '-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      env: { ...process.env, ...dates },
    });
  const { stdout } = await run('git', ['-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  const tops = new Set(
    stdout
      .split('\0')
      .filter(Boolean)
      .map((path) => path.split('/')[0] as string),
  );
  for (const top of tops)
    await cp(join(root, top), join(directory, top), {
      recursive: true,
      filter: (path) => !path.includes('/node_modules') && !path.includes('__pycache__'),
    });
  await linkPackages(directory);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'The repository as it stands');
  return {
    directory,
    async edit(file, from, to) {
      const path = join(directory, file);
      const text = await readFile(path, 'utf8');
      if (text.split(from).length !== 2) throw new Error(`${file} does not have exactly one place that reads: ${from}`);
      await writeFile(
        path,
        text.replace(from, () => to),
      );
    },
    async commit(message) {
      await git('commit', '--quiet', '--all', '--message', message);
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Fixed, so that a copy of the same tree has the same commit. */
const dates = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' };

/** Third-party packages are those installed here; the workspaces' own must be the copy's. */
async function linkPackages(directory: string): Promise<void> {
  const installed = join(root, 'node_modules');
  const modules = join(directory, 'node_modules');
  await run('mkdir', ['-p', join(modules, '@soundbite')]);
  for (const name of await readdir(installed)) {
    if (name !== '@soundbite') await symlink(join(installed, name), join(modules, name));
  }
  for (const folder of ['packages', 'apps']) {
    for (const name of await readdir(join(directory, folder)))
      await symlink(join(directory, folder, name), join(modules, '@soundbite', name));
  }
  await symlink(join(directory, 'cdk'), join(modules, '@soundbite/cdk'));
  // Some packages lie beside the service: without them a cut would find other versions, and refuse them.
  await symlink(join(root, 'apps/service/node_modules'), join(directory, 'apps/service/node_modules'));
}

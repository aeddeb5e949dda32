import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './cli.ts';
import { type Repository, repositoryIn } from './repository.ts';

const run = promisify(execFile);

/** A copy of this repository as its working tree stands, with a history of one commit and the installed packages linked in. */
export async function workingCopy(): Promise<Repository> {
  const directory = await mkdtemp(join(tmpdir(), 'soundbite-copy-'));
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
  return repositoryIn(directory, 'The repository as it stands');
}

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

import { access, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadInputs } from './inputs.ts';
import { type Lockfile, workspaceOf } from './lockfile.ts';

/**
 * Makes a copy of the inputs in an empty directory, as they were read and compared with the commit, with the packages linked in where the lockfile has some. A release
 * is made of this copy: what is not an input cannot get into it, and what is saved meanwhile does not matter.
 */
export async function takeSnapshot(
  place: string,
  source: string,
  { contents }: ReadInputs,
  lockfile: Lockfile,
): Promise<void> {
  for (const directory of new Set([...contents.keys()].map((path) => dirname(path))))
    await mkdir(join(place, directory), { recursive: true });
  await whole([...contents].map(([path, bytes]) => writeFile(join(place, path), bytes)));
  await whole(Object.keys(lockfile).map((path) => declareWorkspace(place, path, lockfile)));
  const workspaces = new Set(Object.keys(lockfile).flatMap((path) => workspaceOf(path) ?? []));
  await whole([...workspaces].map((workspace) => linkPackages(source, place, workspace)));
}

/** Waits for all of it: nothing may still write when the first one fails and the directory is removed. */
async function whole(work: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(work)).find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

/** npm reads a lockfile only where all workspaces are: those that are not inputs are what the lockfile says of them. */
async function declareWorkspace(place: string, path: string, lockfile: Lockfile): Promise<void> {
  const file = join(place, path, 'package.json');
  if (
    path === '' ||
    workspaceOf(path) !== null ||
    (await access(file)
      .then(() => true)
      .catch(() => false))
  )
    return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(lockfile[path]));
}

async function linkPackages(source: string, place: string, workspace: string): Promise<void> {
  const packages = join(source, workspace, 'node_modules');
  const [isInstalled, isHere] = await Promise.all([isDirectory(packages), isDirectory(join(place, workspace))]);
  if (isInstalled && isHere) await symlink(packages, join(place, workspace, 'node_modules'));
}

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (state) => state.isDirectory(),
    () => false,
  );

import { mkdir, mkdtemp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { removeSealed, seal, sync } from './files.ts';

/** Directories that are being written carry their writer's process id: `.cutting-123-AbCdEf`. */
const pattern = /^\.(?:cutting|fetching|source|scratch|removed)-(\d+)-/;

/** A new directory of our own inside the store: on the same disk, so that a rename is all or nothing. */
export async function workplace(
  store: string,
  kind: 'cutting' | 'fetching' | 'source' | 'scratch' | 'removed',
): Promise<string> {
  await mkdir(store, { recursive: true, mode: 0o700 });
  return mkdtemp(join(store, `.${kind}-${process.pid}-`));
}

/** Renaming onto a non-empty directory fails, so concurrent processes create a release once. */
export async function moveIn(place: string, path: string): Promise<boolean> {
  await seal(place);
  try {
    await rename(place, path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
  await sync(join(path, '..'));
  return true;
}

/** Removes what writers left that were killed. */
export async function sweepWorkplace(store: string): Promise<void> {
  for (const name of await readdir(store)) {
    const pid = Number(pattern.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await removeSealed(join(store, name));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

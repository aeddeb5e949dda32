import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeSealed } from './files.ts';

/** Directories that are being written carry their writer's process id: `.cutting-123-AbCdEf`. */
const pattern = /^\.cutting-(\d+)-/;

/** A new directory of our own inside the store: on the same disk, so that a rename is all or nothing. */
export async function workplace(store: string): Promise<string> {
  await mkdir(store, { recursive: true, mode: 0o700 });
  return mkdtemp(join(store, `.cutting-${process.pid}-`));
}

/** Removes what writers left that were killed; a store that is not there yet has none. */
export async function sweep(store: string): Promise<void> {
  const names = await readdir(store).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
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

import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeSealed } from './files.ts';

/** Directories that are being written carry their writer's process id: `.cutting-123-AbCdEf`. */
const pattern = /^\.(?:cutting|source|scratch|removed)-(\d+)-/;

/** A new directory of our own inside the store: on the same disk, so that a rename is all or nothing. */
export async function workplace(store: string, kind: 'cutting' | 'source' | 'scratch' | 'removed'): Promise<string> {
  await mkdir(store, { recursive: true, mode: 0o700 });
  return mkdtemp(join(store, `.${kind}-${process.pid}-`));
}

/** Removes what writers left that were killed. */
export async function sweep(store: string): Promise<void> {
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

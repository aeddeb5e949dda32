import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

const gib = 2 ** 30;
/** Room in the place, and memory that is free: the processes of the stacks need their part of it, too. */
const least = 8 * gib;

/** A directory for temporary files of anybody, and its end. */
export interface TemporaryDirectory {
  readonly path: string;
  remove(): void;
}

/**
 * A directory for temporary files in memory, where there is plenty of it and programs may run in it; else null. Tests make and remove files by the ten
 * thousand, and ext4 gives no inode away anew for a minute or more after its file was removed: whoever makes a file then goes through all of these.
 */
export function memoryDirectory(place = '/dev/shm', wanted = least): TemporaryDirectory | null {
  try {
    const { bavail, bsize } = statfsSync(place);
    if (Math.min(bavail * bsize, freemem()) < wanted) return null;
    const path = mkdtempSync(join(place, 'sb-'));
    const remove = () => rmSync(path, { recursive: true, force: true });
    // As /tmp is: tests run programs as other users, too.
    chmodSync(path, 0o1777);
    if (runsPrograms(path)) return { path, remove };
    remove();
    return null;
  } catch {
    // There is no such place, or it is not ours to write to.
    return null;
  }
}

function runsPrograms(directory: string): boolean {
  const program = join(directory, 'runs');
  writeFileSync(program, '#!/bin/sh\n', { mode: 0o700 });
  try {
    execFileSync(program);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(program);
  }
}

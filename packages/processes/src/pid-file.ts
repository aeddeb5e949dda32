import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { ProcessIdentity } from './identity.ts';
import { identify, isSameDirectory } from './identity.ts';

/** The process that a pid file's first line names, if it lives and works in the directory; else null. */
export function ownerOf(file: string, directory: string): ProcessIdentity | null {
  if (!existsSync(file)) return null;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  return worksIn(pid, directory) ? identify(pid) : null;
}

/**
 * Takes a pid file away whose process has ended. Its program would wait for that pid to vanish, and that may never be: a dead process keeps
 * its pid until its parent reaps it (in a container often never), and after a reboot the pid is another's.
 */
export function removeStale(file: string, directory: string): void {
  if (ownerOf(file, directory) === null) rmSync(file, { force: true });
}

/** A zombie works nowhere: its link leads nowhere. */
const worksIn = (pid: number, directory: string): boolean => isSameDirectory(`/proc/${pid}/cwd`, directory);

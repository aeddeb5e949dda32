import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
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

/** In the command's own view of the machine's directories: nobody else's `/var/lib` changes. */
const mountLayers = 'mount -t overlay overlay -o "$0" /var/lib && exec "$@"';

/**
 * What begins a command so that what it and its children make in `/var/lib` is in this directory instead: as root the data of Postgres is there, 1,300 files
 * for each cluster. Nothing for others than root, and where nobody may mount.
 */
export function withMemoryForRoot({ path }: Pick<TemporaryDirectory, 'path'>): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const own = mkdtempSync(join(path, 'var-lib-'));
  const [made, work] = [join(own, 'made'), join(own, 'work')];
  for (const layer of [made, work]) mkdirSync(layer, { mode: 0o755 });
  const layers = `lowerdir=/var/lib,upperdir=${made},workdir=${work}`;
  const [unshare, ...options] = [
    'unshare',
    '--mount',
    '--propagation=private',
    'sh',
    '-c',
    mountLayers,
    layers,
  ] as const;
  try {
    execFileSync(unshare, [...options, 'true'], { stdio: 'ignore' });
    return [unshare, ...options];
  } catch {
    rmSync(own, { recursive: true });
    return [];
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

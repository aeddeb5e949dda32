import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';

const fullDisk = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);

/** Replaces a file as a whole, mode 0600, safe from a loss of power. Errors: `disk-full` (the old content stays). */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.tmp`;
  try {
    withFile(temporary, 'w', (fd) => writeFileSync(fd, content));
    renameSync(temporary, path);
    withFile(dirname(path), 'r', () => undefined);
  } catch (error) {
    rmSync(temporary, { force: true });
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!fullDisk.has(code)) throw error;
    const mend = `make room on the disk of ${dirname(path)}`;
    throw new SoundBiteError('disk-full', `${path} cannot be written: ${code}`, { mend, cause: error });
  }
}

/** A file's text; null when there is none. */
export function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function withFile(path: string, flags: string, act: (fd: number) => void): void {
  const fd = openSync(path, flags, 0o600);
  try {
    act(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

import {
  chmodSync,
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { systemProblem } from '@soundbite/model/system-problem.ts';

/**
 * Replaces a file as a whole: readers see the old or the new content, also after a loss of power. Mode 0600.
 * Errors: `disk-full` when the bytes find no room, `disk-read-only`, `not-permitted` (the old content stays).
 */
export function writeWhole(path: string, content: string): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeSynced(temporary, content);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asDiskError(path, error);
  }
}

/** JSON of a file; null when there is no such file. A file that is no JSON is an error that names it. */
export function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SoundBiteError('state-unreadable', `${path} is not JSON`, {
      hint: `remove ${path} and run the command again`,
      cause,
    });
  }
}

/** Removes a directory with all its content. Releases are sealed, and only root can remove files from a read-only directory. */
export function removeWhole(directory: string): void {
  open(directory);
  rmSync(directory, { recursive: true, force: true });
}

function open(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) open(join(directory, entry.name));
}

function writeSynced(path: string, content: string): void {
  const fd = openSync(path, 'w', 0o600);
  try {
    const bytes = Buffer.from(content);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function asDiskError(path: string, error: unknown): unknown {
  const problem = systemProblem(error, path);
  return problem ? new SoundBiteError(problem.code, problem.message, { hint: problem.hint, cause: error }) : error;
}

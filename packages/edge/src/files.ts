import { readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SoundBiteError } from '@soundbite/model/errors.ts';
import { systemProblem } from '@soundbite/model/system-problem.ts';

/**
 * Replaces a file as a whole, mode 0600, safe from a loss of power. A slow disk delays no requests.
 * Errors: `disk-full`, `disk-read-only`, `not-permitted` (the old content stays).
 */
export async function writeWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await synced(temporary, 'w', content);
    await rename(temporary, path);
    await synced(dirname(path), 'r');
  } catch (error) {
    await rm(temporary, { force: true });
    const problem = systemProblem(error, path);
    throw problem ? new SoundBiteError(problem.code, problem.message, { hint: problem.hint, cause: error }) : error;
  }
}

/** A file's text; null when there is none. */
export function fileText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

async function synced(path: string, flags: string, content?: string): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    if (content !== undefined) await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

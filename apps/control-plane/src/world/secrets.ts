import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '@soundbite/processes/files.ts';

/** A random secret of this home, made once, readable by its owner only: 43 characters of base64url. */
export async function homeSecret(home: string, name: string): Promise<string> {
  const file = join(home, 'secrets', name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32).toString('base64url');
  await writePrivate(file, secret);
  return secret;
}

/** Writes a private file as a whole, in a private folder that it makes if there is none. Errors: those of writeWhole. */
export async function writePrivate(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, text);
}

import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A random secret of this home, made once, readable by its owner only: 43 characters of base64url. */
export async function homeSecret(home: string, name: string): Promise<string> {
  const file = join(home, 'secrets', name);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(32).toString('base64url');
  await writeWhole(file, secret);
  return secret;
}

/** Writes a private file so that a reader sees the old or the new one, never a half. */
export async function writeWhole(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, text, { mode: 0o600 });
  await rename(next, file);
}

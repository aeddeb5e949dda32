import { createHash } from 'node:crypto';
import { chmod, lstat, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** One file below a directory; `path` is relative, with forward slashes. Anything but a regular file has no digest. */
export interface FoundFile {
  readonly path: string;
  readonly kind: 'file' | 'other';
}

/** Everything below a directory but the directories themselves, sorted by bytes of the paths. */
export async function walk(directory: string, prefix = ''): Promise<FoundFile[]> {
  const entries = await readdir(join(directory, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry): Promise<FoundFile[]> | FoundFile[] => {
      const path = prefix ? `${prefix}/${entry.name}` : entry.name;
      return entry.isDirectory() ? walk(directory, path) : [{ path, kind: entry.isFile() ? 'file' : 'other' }];
    }),
  );
  return found.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** SHA-256 in hex and size of a file. */
export async function hashOf(file: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const content = await readFile(file);
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.length };
}

/** On disk and read-only: files first, then the directories that name them. */
export async function seal(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await seal(path);
    else {
      await sync(path);
      await chmod(path, 0o444);
    }
  }
  await chmod(directory, 0o555);
  await sync(directory);
}

/** Waits until a file's bytes, or a directory's names, are on disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes a directory even when it was sealed. Nothing happens when it is not there. */
export async function removeSealed(directory: string): Promise<void> {
  const state = await lstat(directory).catch(() => null);
  if (!state) return;
  await unseal(directory);
  await rm(directory, { recursive: true, force: true });
}

async function unseal(directory: string): Promise<void> {
  await chmod(directory, 0o700);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) await unseal(join(directory, entry.name));
  }
}

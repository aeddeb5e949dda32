import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';
import { unzip } from './unzip.ts';

/**
 * Unzips a release's bundle into `directory` once. Proves the zip before, and what an earlier call unzipped.
 * Errors: `code-altered` (source user), naming the file.
 */
export async function unzipCode(release: Release, directory: string): Promise<void> {
  const entries = [...(await unzip(await provenZip(release)))];
  const altered = await firstAltered(directory, entries);
  if (altered === null) return;
  if (altered !== 'all')
    throw new SoundBiteError('code-altered', `${join(directory, altered)} is not what was released`, {
      source: 'user',
      mend: `remove ${directory}, then promote the release again`,
    });
  const fresh = `${directory}.${process.pid}.new`;
  await rm(fresh, { recursive: true, force: true });
  for (const [path, bytes] of entries) {
    const file = join(fresh, path);
    if (!file.startsWith(join(fresh, '/'))) throw outside(release, path);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, bytes);
  }
  await rename(fresh, directory);
}

async function provenZip(release: Release): Promise<Uint8Array> {
  const { path, codeSha256 } = release.manifest.service;
  const zip = await readFile(join(release.directory, path));
  const found = createHash('sha256').update(zip).digest('base64');
  if (found === codeSha256) return zip;
  throw new SoundBiteError('code-altered', `${path} of ${release.digest} is ${found}, released was ${codeSha256}`, {
    source: 'user',
    mend: 'cut the release again and promote that',
  });
}

/** The first file that differs, `all` when the directory is not there, null when it is as released. */
async function firstAltered(directory: string, entries: readonly [string, Uint8Array][]): Promise<string | null> {
  let missing = 0;
  let first: string | null = null;
  for (const [path, bytes] of entries) {
    const present = await readFile(join(directory, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (present === null) missing += 1;
    if (present === null || Buffer.compare(present, bytes) !== 0) first ??= path;
  }
  return missing === entries.length ? 'all' : first;
}

const outside = (release: Release, path: string) =>
  new SoundBiteError('code-altered', `${release.digest} has a file outside of its bundle: ${path}`, { source: 'user' });

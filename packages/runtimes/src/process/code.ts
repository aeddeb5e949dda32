import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';
import { unzip } from './unzip.ts';

/**
 * Unzips a release's bundle into `directory` once, whoever else does so at the same time. Proves the zip before, and what an earlier
 * call unzipped. Errors: `code-altered` (source user), naming the file.
 */
export async function unzipCode(release: Release, directory: string): Promise<void> {
  const entries = [...(await unzip(await provenZip(release)))];
  if (await isThere(directory, entries)) return;
  await mkdir(dirname(directory), { recursive: true, mode: 0o700 });
  await sweep(directory);
  const fresh = await mkdtemp(`${directory}.${process.pid}-`);
  try {
    for (const [path, bytes] of entries) {
      const file = join(fresh, path);
      if (!file.startsWith(join(fresh, '/'))) throw outside(release, path);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, bytes);
    }
    await rename(fresh, directory);
  } catch (error) {
    // Renaming onto a directory that is not empty fails: another installation was quicker, and its files are proven as well.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    await isThere(directory, entries);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Whether the code is there as released. Error: `code-altered` when it is there and differs. */
async function isThere(directory: string, entries: readonly [string, Uint8Array][]): Promise<boolean> {
  const altered = await firstAltered(directory, entries);
  if (altered === null) return true;
  if (altered === 'all') return false;
  throw new SoundBiteError('code-altered', `${join(directory, altered)} is not what was released`, {
    source: 'user',
    mend: `remove ${directory}, then promote the release again`,
  });
}

/** Removes what an unzipping left that was killed; its process id is in the name. */
async function sweep(directory: string): Promise<void> {
  const parent = dirname(directory);
  for (const name of await readdir(parent)) {
    if (!name.startsWith(`${basename(directory)}.`)) continue;
    const pid = Number(/\.(\d+)-\w+$/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

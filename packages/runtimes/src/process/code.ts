import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Release, SoundBiteError } from '@soundbite/model';
import { provenBundle } from '../bundle.ts';
import { codeComparison, filesOf } from './code-files.ts';
import { unzip } from './unzip.ts';

/**
 * Unzips a release's bundle into `directory` once, whoever else does so at the same time. Proves the zip before, and what an earlier
 * call unzipped: what somebody changed there is set aside, unread by anybody, and named. Errors: `code-altered` (source user), naming the file.
 */
export async function unzipCode(release: Release, directory: string): Promise<string[]> {
  const entries = [...(await unzip(await provenBundle(release)))];
  const files = filesOf(entries);
  const compare = codeComparison();
  const before = await inodeOf(directory);
  const differences = await compare(directory, files);
  if (differences.length === 0) return [];
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
    // Only what was compared is set aside: another installation may have laid the right code there meanwhile.
    const isAsCompared = before !== null && before === (await inodeOf(directory));
    const aside = isAsCompared ? await setAside(directory) : null;
    await rename(fresh, directory);
    return aside ? differences.map(({ file, what }) => `${file} ${what} (kept in ${aside})`) : [];
  } catch (error) {
    // Renaming onto a directory that is not empty fails: another installation was quicker, and its files are proven as well.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    const [altered] = await compare(directory, files);
    if (altered)
      throw new SoundBiteError('code-altered', `${altered.file} ${altered.what}`, {
        hint: `remove ${directory}, then promote the release again`,
      });
    return [];
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Null when there is none. */
const inodeOf = async (directory: string): Promise<number | null> =>
  stat(directory).then(
    ({ ino }) => ino,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    },
  );

/** Moves a directory out of the way under a name that says what it is; null when there is none. */
async function setAside(directory: string): Promise<string | null> {
  const aside = `${directory}-changed-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    await rename(directory, aside);
    return aside;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
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

const outside = (release: Release, path: string) =>
  new SoundBiteError('code-altered', `${release.digest} has a file outside its bundle: ${path}`);

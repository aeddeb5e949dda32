import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest, ProgramCopy, ProgramKind, Release } from '@soundbite/model';
import { hashOf, removeSealed } from './files.ts';
import { altered } from './verify.ts';
import { sweepWorkplace, workplace } from './workplace.ts';

/**
 * Copies a program of a release for one run, and proves the copies by the manifest, which its digest proves: the other files do not matter to it. Null: the
 * release brings none. Errors: `release-altered`.
 */
export async function programCopy(store: string, release: Release, kind: ProgramKind): Promise<ProgramCopy | null> {
  const { digest, directory, manifest } = release;
  const program = manifest.format === 'soundbite.release/1' ? null : manifest[kind];
  if (!program) return null;
  await sweepWorkplace(store);
  const place = await workplace(store, 'scratch');
  const remove = () => removeSealed(place);
  try {
    // Node looks for it upwards from a module: a package.json around the store would say what the program's files are.
    await writeFile(join(place, 'package.json'), '{}');
    const files = manifest.files.filter(({ path }) => path.startsWith(`${program.directory}/`));
    for (const file of files) await copyProven(digest, directory, place, file);
    const { command, seconds } = program;
    return { directory: join(place, program.directory), command, seconds, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** A release keeps no modes; any file of a program may be a script. */
async function copyProven(
  digest: Digest,
  from: string,
  to: string,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
): Promise<void> {
  const target = join(to, path);
  await mkdir(dirname(target), { recursive: true });
  await copyFile(join(from, path), target).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' ? altered(digest, path, 'is missing', cause) : cause;
  });
  await chmod(target, 0o700);
  if ((await hashOf(target)).sha256 !== sha256) throw altered(digest, path, 'was altered');
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type AssemblyFiles, SoundBiteError, unpackedZipBytes } from '@soundbite/model';
import { fromHere } from './from-here.ts';

/** An assembly on this disk. `directory` is as people gave it, and files are named by it; sources are named from `cwd`. */
export function assemblyFiles(directory: string, cwd: string): AssemblyFiles {
  const shown = (path: string) => join(directory, path);
  const place = (path: string) => resolve(cwd, shown(path));
  return {
    shown: (path) => (path === '' ? directory : shown(path)),
    source: (path) => fromHere(path, cwd),
    text: (path) =>
      readFile(place(path), 'utf8').catch((cause: NodeJS.ErrnoException) => {
        if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null;
        throw new SoundBiteError('assembly-unreadable', `${shown(path)} cannot be read: ${cause.message}`, {
          hint: 'synthesise it again: npx cdk synth',
          path: shown(path),
          cause,
        });
      }),
    async unpackedBytes(path) {
      const zip = await readFile(place(path)).catch(() => null);
      if (zip) return unpackedZipBytes(zip);
      const entries = await readdir(place(path), { recursive: true, withFileTypes: true }).catch(() => null);
      if (!entries) return null;
      const files = entries.filter((entry) => entry.isFile());
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  };
}

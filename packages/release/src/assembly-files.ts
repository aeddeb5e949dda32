import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AssemblyFiles, unpackedZipBytes } from '@soundbite/model';

/** The files of an assembly that is being cut; paths are shown as they stand in it. */
export function filesOfAssembly(directory: string): AssemblyFiles {
  const place = (path: string) => join(directory, path);
  return {
    shown: (path) => path,
    source: (path) => path,
    text: (path) =>
      readFile(place(path), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      }),
    async unpackedBytes(path) {
      const found = await stat(place(path)).catch(() => null);
      if (found?.isFile()) return unpackedZipBytes(await readFile(place(path)));
      if (!found?.isDirectory()) return null;
      const entries = await readdir(place(path), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  };
}

import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AssemblyFiles,
  type InspectedProblem,
  readAssembly,
  SoundBiteError,
  undeliverable,
} from '@soundbite/model';

/**
 * Refuses an environment's assembly of which something could not be deployed: it is said when a release is cut, and not found in production. All of it at once.
 * Error: `assembly-undeliverable`.
 */
export async function refuseUndeliverable(directory: string, environment: string): Promise<void> {
  const [first, ...more] = undeliverable(await readAssembly(filesOf(directory)));
  if (!first) return;
  const told = [first, ...more].map((problem) => `${problem.message}${placeOf(problem)}`);
  throw new SoundBiteError('assembly-undeliverable', `${environment} cannot be delivered: ${told.join('\n')}`, {
    hint: first.hint,
  });
}

const placeOf = ({ where }: InspectedProblem): string =>
  where ? ` (${where.file}${where.line === null ? '' : `:${where.line}`})` : '';

function filesOf(directory: string): AssemblyFiles {
  const place = (path: string) => join(directory, path);
  return {
    shown: (path) => path,
    source: (path) => path,
    text: (path) =>
      readFile(place(path), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return null;
        throw error;
      }),
    async bytesBelow(path) {
      if (!(await stat(place(path)).catch(() => null))?.isDirectory()) return null;
      const entries = await readdir(place(path), { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile());
      const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  };
}

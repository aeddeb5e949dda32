import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isPackaged } from '@soundbite/model/programs.ts';

/**
 * Digest of the code that the control plane runs, and lets run (all packages, the emulator, its own sources, and what says which packages it has), 16 hex
 * digits. About 20 ms.
 */
export async function codeDigest(root: string, packaged = isPackaged): Promise<string> {
  const folders = packaged ? ['dist', emulator] : await sourceFolders(root);
  const files = (await Promise.all(folders.map((folder) => sourcesIn(root, folder)))).flat();
  const hash = createHash('sha256');
  const all = [...files, packaged ? 'package.json' : 'package-lock.json'];
  const contents = await Promise.all(all.map((file) => readFile(join(root, file))));
  for (const [at, file] of all.entries()) hash.update(`${file}\0`).update(contents[at] ?? '');
  return hash.digest('hex').slice(0, 16);
}

const emulator = 'packages/clouds/emulator';

async function sourceFolders(root: string): Promise<readonly string[]> {
  const packages = await readdir(join(root, 'packages'));
  return [...packages.sort().map((name) => join('packages', name, 'src')), emulator, 'apps/control-plane/src'];
}

async function sourcesIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((name) => /\.(ts|m?js|py|txt)$/.test(name) && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(folder, name));
}

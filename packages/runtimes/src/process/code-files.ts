import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, ReleaseStore } from '@soundbite/model';
import { provenBundle } from '../bundle.ts';
import { unzip } from './unzip.ts';

/** SHA-256 (hex) of each file of a bundle, by its path. */
export type CodeFiles = ReadonlyMap<string, string>;

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const filesOf = (entries: readonly [string, Uint8Array][]): CodeFiles =>
  new Map(entries.map(([path, bytes]) => [path, hashOf(bytes)]));

/** One digest over all files of a bundle; prove-code.js computes the same of a directory. */
export function codeFilesDigest(files: CodeFiles): string {
  const lines = [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, sha256]) => `${sha256} ${path}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex');
}

/** What releases' bundles hold, each read once: a release is named by its content. */
export function codeFilesOf(releases: Pick<ReleaseStore, 'get'>): (release: Digest) => Promise<CodeFiles> {
  const known = new Map<Digest, Promise<CodeFiles>>();
  const read = async (digest: Digest) => filesOf([...(await unzip(await provenBundle(await releases.get(digest))))]);
  return (digest) => {
    const found = known.get(digest) ?? read(digest);
    known.set(digest, found);
    // Who asks later asks anew.
    found.catch(() => known.delete(digest));
    return found;
  };
}

/** A file that is not what a bundle holds: `what` goes on after its name. */
export interface ChangedFile {
  readonly file: string;
  readonly what: 'is missing' | 'was added' | 'is not what was released';
}

/** How a directory differs from a bundle; not at all when it is the bundle. A file that did not change since the last look is not read again. */
export function codeComparison(): (directory: string, files: CodeFiles) => Promise<ChangedFile[]> {
  const seen = new Map<string, { readonly state: string; readonly sha256: string }>();

  async function sha256Of(file: string): Promise<string> {
    const { ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    const state = [ino, size, mtimeNs, ctimeNs].join();
    const before = seen.get(file);
    if (before?.state === state) return before.sha256;
    const sha256 = hashOf(await readFile(file));
    seen.set(file, { state, sha256 });
    return sha256;
  }

  return async (directory, files) => {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(absent);
    const present = new Map<string, string>();
    for (const entry of entries) {
      const file = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) continue;
      present.set(file.slice(directory.length + 1), entry.isFile() ? await sha256Of(file) : 'no file');
    }
    const paths = [...new Set([...files.keys(), ...present.keys()])].sort();
    return paths.flatMap((path): ChangedFile[] => {
      const file = join(directory, path);
      if (!present.has(path)) return [{ file, what: 'is missing' }];
      if (!files.has(path)) return [{ file, what: 'was added' }];
      return present.get(path) === files.get(path) ? [] : [{ file, what: 'is not what was released' }];
    });
  };
}

const absent = (error: NodeJS.ErrnoException): [] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};

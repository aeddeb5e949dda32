import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { SoundBiteError } from '@soundbite/model';
import type { Locked, Lockfile } from './lockfile.ts';
import { differ } from './modules.ts';
import { archiveIn, configuredCache, fetchPackages, usualCaches } from './npm-cache.ts';
import { packageOf } from './package-place.ts';

const unpacked = promisify(gunzip);

/** How many packages are unpacked at once. */
const atOnce = 4;

/**
 * Compares files of packages, and each package.json that chooses them, byte by byte, with the archives that the lockfile's integrity proves: those of npm's cache, and where it has one no
 * more, what npm fetches into it. Gives the number of packages.
 * Errors: `dependencies-differ`, naming the first file that was changed; `dependencies-unproven`, naming a package whose archive cannot be had.
 */
export async function holdAgainstPublished(
  source: string,
  paths: readonly string[],
  lockfile: Lockfile,
  signal?: AbortSignal,
): Promise<number> {
  const files = Map.groupBy(paths, (path) => packageOf(path) ?? '');
  files.delete('');
  const packages: Package[] = [...files].map(([place, paths]) => ({ place, paths, ...lockfile[place] }));
  const at = { source, ...(signal ? { signal } : {}) };
  let unproven = packages;
  for (const cache of usualCaches()) unproven = await compareAll(source, unproven, cache);
  if (unproven.length === 0) return packages.length;
  const cache = await configuredCache(at);
  unproven = await compareAll(source, unproven, cache);
  const problem = await fetchPackages(
    cache,
    unproven.filter(({ integrity }) => integrity),
    at,
  );
  unproven = await compareAll(source, unproven, cache);
  if (unproven[0]) throw unprovenError(unproven[0], unproven.length, problem);
  return packages.length;
}

interface Package extends Locked {
  readonly place: string;
  readonly paths: readonly string[];
}

/** Compares packages with their archives in a cache; answers those whose archive is not there. */
async function compareAll(source: string, packages: readonly Package[], cache: string): Promise<Package[]> {
  const waiting = [...packages];
  const unproven: Package[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!(await compare(source, next, cache))) unproven.push(next);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return unproven;
}

async function compare(source: string, { place, paths, integrity }: Package, cache: string): Promise<boolean> {
  const archive = await archiveIn(cache, integrity);
  if (!archive) return false;
  const published = filesOf(await unpacked(archive));
  for (const path of new Set([...paths, ...choosersOf(place, paths)])) {
    const [bytes, found] = [published.get(path.slice(place.length + 1)), await contentOf(join(source, path))];
    if (bytes === undefined ? found === null && !paths.includes(path) : found?.equals(bytes)) continue;
    throw differ(`${path} is not as it was published: somebody changed it after npm installed it`, path);
  }
  return true;
}

/** Each package.json that has a say in which files of a package are taken and how they are read. */
const choosersOf = (place: string, paths: readonly string[]): string[] =>
  paths.flatMap((path) => {
    const directories = dirname(path).slice(place.length).split('/');
    return directories.map((_, depth) => `${place}${directories.slice(0, depth + 1).join('/')}/package.json`);
  });

const contentOf = (file: string): Promise<Buffer | null> =>
  readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

function unprovenError({ place, integrity }: Package, count: number, problem: string | null): SoundBiteError {
  const more = count > 1 ? ` (and ${count - 1} more)` : '';
  const why = integrity
    ? (problem ?? 'npm fetched another archive than the lockfile names')
    : 'the lockfile names none';
  return new SoundBiteError('dependencies-unproven', `there is no archive to check ${place}${more} against: ${why}`, {
    hint: integrity
      ? 'let npm reach its registry, or keep its cache (npm config get cache) together with node_modules'
      : 'depend on a published package: one without integrity in package-lock.json cannot be proven',
    path: place,
  });
}

const block = 512;

/** The regular files of a tar by their paths below its one top directory; later ones win, long names included. */
function filesOf(tar: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let longName: string | null = null;
  for (let at = 0; at + block <= tar.length && tar[at] !== 0; ) {
    const header = tar.subarray(at, at + block);
    const size = Number.parseInt(text(header, 124, 12), 8) || 0;
    const body = tar.subarray(at + block, at + block + size);
    const type = String.fromCharCode(header[156] ?? 0);
    if (type === 'x') longName = /\d+ path=(.*)\n/.exec(body.toString('utf8'))?.[1] ?? longName;
    else if (type === 'L') longName = text(body, 0, size);
    else if (type !== 'g') {
      const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
      const name = longName ?? (prefix ? `${prefix}/` : '') + text(header, 0, 100);
      if (type === '0' || type === '\0') files.set(name.slice(name.indexOf('/') + 1), body);
      longName = null;
    }
    at += block + Math.ceil(size / block) * block;
  }
  return files;
}

function text(bytes: Buffer, from: number, length: number): string {
  const field = bytes.subarray(from, from + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString('utf8');
}

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Lockfile } from './lockfile.ts';
import { differ } from './modules.ts';
import { packageOf } from './package-place.ts';

const unpacked = promisify(gunzip);

/** How many packages are unpacked at once. */
const atOnce = 4;

/** How many of the packages were compared with what was published, of how many. */
export interface Proof {
  readonly proven: number;
  readonly of: number;
}

/**
 * Compares files of packages, byte by byte, with the archives in npm's cache, which the lockfile's integrity proves. A package whose archive
 * is not there (any more) stays unproven: its unpacked files say nothing of its integrity.
 * Error: `dependencies-differ`, naming the first file that was changed.
 */
export async function holdAgainstPublished(
  source: string,
  paths: readonly string[],
  lockfile: Lockfile,
): Promise<Proof> {
  const files = Map.groupBy(paths, (path) => packageOf(path) ?? '');
  files.delete('');
  const waiting = [...files];
  let proven = 0;
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (await compare(source, next[0], next[1], lockfile[next[0]]?.integrity)) proven += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { proven, of: files.size };
}

async function compare(
  source: string,
  place: string,
  paths: readonly string[],
  integrity: string | undefined,
): Promise<boolean> {
  const archive = await cached(integrity);
  if (!archive) return false;
  const published = filesOf(await unpacked(archive));
  for (const path of new Set(paths)) {
    const bytes = published.get(path.slice(place.length + 1));
    if (bytes?.equals(await readFile(join(source, path)))) continue;
    throw differ(`${path} is not as it was published: somebody changed it after npm installed it`, path);
  }
  return true;
}

/** The archive that npm keeps for an integrity, if it has that and it is whole. */
async function cached(integrity: string | undefined): Promise<Buffer | null> {
  const [, encoded] = /^sha512-([\w+/=]+)$/.exec(integrity ?? '') ?? [];
  if (!encoded) return null;
  const hex = Buffer.from(encoded, 'base64').toString('hex');
  const home = process.env.npm_config_cache || join(homedir(), '.npm');
  const file = join(home, '_cacache', 'content-v2', 'sha512', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4));
  const archive = await readFile(file).catch(() => null);
  return archive && createHash('sha512').update(archive).digest('hex') === hex ? archive : null;
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

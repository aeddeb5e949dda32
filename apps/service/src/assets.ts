import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** True when this code runs from its sources, false when it runs from the bundle (which is one `.mjs`). */
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

/** apps/service, in runs from source. */
const ROOM = fileURLToPath(new URL('..', import.meta.url));

interface BundleDeclaration {
  readonly assets: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Where an asset lies, by its name in the bundle (`to` in bundle.json): beside the bundle, or, in runs from source,
 * where bundle.json says that it is taken from.
 */
export function assetPath(name: string): string {
  if (!FROM_SOURCE) return fileURLToPath(new URL(name, import.meta.url));
  const declaration = JSON.parse(readFileSync(join(ROOM, 'bundle.json'), 'utf8')) as BundleDeclaration;
  const asset = declaration.assets.find(({ to }) => to === name);
  if (asset === undefined) throw new Error(`bundle.json declares no asset ${name}`);
  return asset.from.startsWith('src/') ? join(ROOM, asset.from) : inPackages(asset.from);
}

/** The content of an asset that bundle.json declares with `gzip`, by its `assetPath`: compressed in a bundle, plain in its package. It blocks the thread. */
export async function readCompressed(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  if (FROM_SOURCE) return bytes;
  // Into one piece, as long as its last four bytes say (RFC 1952): put together of many it would be in memory twice. So it is not done beside other work.
  return gunzipSync(bytes, { chunkSize: Math.max(bytes.readUInt32LE(bytes.length - 4), 64) });
}

/** A file of a package, looked up by directory: a package's `exports` need not name its files. */
function inPackages(path: string): string {
  for (let folder = ROOM; folder !== dirname(folder); folder = dirname(folder)) {
    const file = join(folder, 'node_modules', path);
    if (existsSync(file)) return file;
  }
  throw new Error(`no package has the file ${path}`);
}

/** What `build.json` beside the bundle says; a run from source has none. */
export interface Build {
  readonly commit: string;
  /** ISO time of the commit, or null when unknown. */
  readonly builtAt: string | null;
}

/** Reads `build.json`, written when the release was cut. */
export async function readBuild(): Promise<Build> {
  if (FROM_SOURCE) return { commit: 'unknown', builtAt: null };
  try {
    const build = JSON.parse(await readFile(new URL('build.json', import.meta.url), 'utf8')) as Partial<Build>;
    return { commit: build.commit ?? 'unknown', builtAt: build.builtAt ?? null };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { commit: 'unknown', builtAt: null };
    throw error;
  }
}

import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** True when this code runs from its sources, false when it runs from the bundle (which is one `.mjs`). */
export const FROM_SOURCE = import.meta.url.endsWith('.ts');

interface BundleDeclaration {
  readonly assets: readonly { readonly from: string; readonly to: string }[];
}

/**
 * Where an asset lies, by its name in the bundle (`to` in bundle.json): beside the bundle, or, in runs from source,
 * where bundle.json says that it is taken from.
 */
export function assetPath(name: string): string {
  if (!FROM_SOURCE) return fileURLToPath(new URL(name, import.meta.url));
  const declaration = JSON.parse(readFileSync(new URL('../bundle.json', import.meta.url), 'utf8')) as BundleDeclaration;
  const asset = declaration.assets.find(({ to }) => to === name);
  if (asset === undefined) throw new Error(`bundle.json declares no asset ${name}`);
  return fileURLToPath(
    isPackage(asset.from) ? import.meta.resolve(asset.from) : new URL(`../${asset.from}`, import.meta.url),
  );
}

/** A package specifier (`@scope/name/file`), and not a path in this folder (`src/...`). */
function isPackage(from: string): boolean {
  return !from.startsWith('src/');
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

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { isAbsolute, join, normalize, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { canonicalJson, SoundBiteError } from '@soundbite/model';
import { type BuildOptions, build, stop } from 'esbuild';
import { gzip } from 'fflate';
import { z } from 'zod';
import type { Head } from './git.ts';
import type { UsedModule } from './modules.ts';
import { withoutDebug } from './wasm.ts';

const relativePath = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !normalize(path).startsWith('..'), 'leads out of its directory');

/** bundle.json of the workspace: what the service says its bundle is made of. */
const BundleDeclaration = z.strictObject({
  entry: relativePath,
  /** `debug: false`: a WebAssembly module, without what only debuggers read. `gzip: true`: kept compressed, as the service reads it. */
  assets: z.array(
    z.strictObject({
      from: relativePath,
      to: relativePath,
      debug: z.literal(false).optional(),
      gzip: z.literal(true).optional(),
    }),
  ),
});

/** ESM in which bundled CommonJS packages can still require Node's own modules. */
const banner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** What the processes of a workspace begin with, relative to it. Errors: `bundle-declaration`. */
export const bundleEntry = async (workspace: Omit<Workspace, 'onUse'>): Promise<string> =>
  (await readDeclaration(workspace)).entry;

/** What is bundled: a workspace of a source. */
interface Workspace {
  readonly source: string;
  /** Relative to the source. */
  readonly directory: string;
  /** Hears of every module that goes into the bundle. */
  onUse(module: UsedModule): void;
}

/**
 * The files of service.zip: `index.mjs`, the assets, and `build.json` with the commit and its time.
 * The bytes do not depend on where the source lies. Errors: `bundle-declaration`, `bundle-failed`, `bundle-asset`.
 */
export async function bundleService(
  workspace: Workspace,
  { commit, committedAt }: Pick<Head, 'commit' | 'committedAt'>,
): Promise<Map<string, Uint8Array>> {
  const declaration = await readDeclaration(workspace);
  const [code, ...assets] = await Promise.all([
    bundleCode(workspace, declaration.entry),
    ...declaration.assets.map(async (asset) => [asset.to, await assetOf(workspace, asset)] as const),
  ]);
  const about = Buffer.from(canonicalJson({ commit, builtAt: committedAt }));
  return new Map([['index.mjs', code], ['build.json', about], ...assets]);
}

async function readDeclaration({
  source,
  directory,
}: Omit<Workspace, 'onUse'>): Promise<z.infer<typeof BundleDeclaration>> {
  const file = join(directory, 'bundle.json');
  try {
    return BundleDeclaration.parse(JSON.parse(await readFile(join(source, file), 'utf8')));
  } catch (cause) {
    throw new SoundBiteError('bundle-declaration', `${file}: ${(cause as Error).message}`, {
      hint: 'it has the form {"entry":"src/main.ts","assets":[{"from":"…","to":"…"}]}',
      cause,
    });
  }
}

async function bundleCode({ source, directory, onUse }: Workspace, entry: string): Promise<Uint8Array> {
  const result = await withEsbuild(() => build(bundling(join(source, directory), entry))).catch((cause: unknown) => {
    throw new SoundBiteError('bundle-failed', `the service cannot be bundled: ${(cause as Error).message}`, {
      hint: 'fix the code at that place; a release contains no ignored files, no tests and nothing outside its inputs',
      cause,
    });
  });
  for (const [importer, { imports }] of Object.entries(result.metafile.inputs)) {
    for (const { path } of imports.filter(({ external }) => !external))
      onUse({ path: join(directory, path), importer: join(directory, importer) });
  }
  const code = result.outputFiles[0]?.contents;
  if (!code) throw new SoundBiteError('bundle-failed', 'esbuild wrote no file', { hint: 'npm ci' });
  return code;
}

/** How esbuild bundles: the bytes depend on nothing but the source. */
const bundling = (service: string, entry: string) =>
  ({
    absWorkingDir: service,
    entryPoints: [entry],
    bundle: true,
    write: false,
    outfile: 'index.mjs',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    banner: { js: banner },
    // Comments and module names would carry paths; functions keep their names, for stack traces.
    minify: true,
    keepNames: true,
    legalComments: 'none',
    // A source whose node_modules is a link must not leave the link's target in the bundle.
    preserveSymlinks: true,
    tsconfigRaw: '{}',
    metafile: true,
    logLevel: 'silent',
  }) as const satisfies BuildOptions;

/** Bundles under way: esbuild's own process, 70 MB of memory, ends with the last of them. */
let underWay = 0;

async function withEsbuild<Result>(work: () => Promise<Result>): Promise<Result> {
  underWay++;
  try {
    return await work();
  } finally {
    if (--underWay === 0) await stop();
  }
}

type Asset = z.infer<typeof BundleDeclaration>['assets'][number];

async function assetOf(workspace: Workspace, asset: Asset): Promise<Uint8Array> {
  const bytes = await readAsset(workspace, asset.from);
  const needed = asset.debug === false ? neededOf(workspace, asset, bytes) : bytes;
  return asset.gzip ? compressed(needed) : needed;
}

function neededOf({ directory }: Workspace, { from }: Asset, bytes: Uint8Array): Uint8Array {
  try {
    return withoutDebug(bytes);
  } catch (cause) {
    throw new SoundBiteError(
      'bundle-asset',
      `${from} cannot do without its debug information: ${(cause as Error).message}`,
      { hint: `take "debug" from it in ${directory}/bundle.json`, cause },
    );
  }
}

/** gzip in JavaScript, in a worker thread: zlib's output differs between processors. */
const compressed = (bytes: Uint8Array): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    gzip(bytes, { level: 6, mtime: 0 }, (error, result) => (error ? reject(error) : resolve(result)));
  });

/** A file of the service, or of a package that it depends on. */
async function readAsset({ source, directory, onUse }: Workspace, from: string): Promise<Uint8Array> {
  const service = join(source, directory);
  try {
    return await readFile(join(service, from));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  try {
    const file = packageFile(service, from);
    onUse({ path: relative(source, file), importer: join(directory, 'bundle.json') });
    return await readFile(file);
  } catch (cause) {
    throw new SoundBiteError('bundle-asset', `${from} is in neither ${directory} nor a package`, {
      hint: `fix ${directory}/bundle.json, or npm ci`,
      cause,
    });
  }
}

/** Looked up by directory: a package's `exports` need not name its assets. */
function packageFile(service: string, from: string): string {
  const parts = from.split('/');
  const name = parts.splice(0, from.startsWith('@') ? 2 : 1).join('/');
  const directories = createRequire(pathToFileURL(join(service, 'package.json'))).resolve.paths(name) ?? [];
  const found = directories.map((directory) => join(directory, name, ...parts)).find((file) => existsSync(file));
  if (!found) throw new Error(`no package directory holds ${from}`);
  return found;
}

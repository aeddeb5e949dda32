import { readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SoundBiteError } from '@soundbite/model';
import { zipFiles } from './zip.ts';

/** What we read of an asset manifest. Source: @aws-cdk/cloud-assembly-schema, `AssetManifest`. */
interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>;
}
interface FileAsset {
  /** Without a path a command of the CDK's own makes it while it deploys. */
  readonly source: { readonly path?: string; readonly packaging?: string };
}

/**
 * Makes all assets of an assembly finished files, the same ones wherever they are made: a directory (as the CDK leaves code by default) becomes a zip of its own, and
 * copies of the bundle, if there is one, lead to `bundle`, which the release holds once. Error: `assembly-undeliverable`, for a link in an asset that leads nowhere or in a circle, and for
 * an asset that nobody has made yet.
 */
export async function finishAssets(assembly: string, bundle: string | null): Promise<void> {
  const finished = finisher(assembly, bundle === null ? null : { path: bundle, bytes: await readFile(bundle) });
  for (const name of (await readdir(assembly)).filter((file) => file.endsWith('.assets.json'))) {
    const { files = {}, ...rest } = JSON.parse(await readFile(join(assembly, name), 'utf8')) as AssetManifest;
    const entries = await Promise.all(
      Object.entries(files).map(async ([key, file]) => [key, { ...file, source: await finished.source(file.source) }]),
    );
    await writeFile(join(assembly, name), JSON.stringify({ ...rest, files: Object.fromEntries(entries) }, null, 1));
  }
  await finished.clear();
}

/** Stacks may share an asset: each is finished once, and what it was made from goes at the end. */
function finisher(assembly: string, bundle: { readonly path: string; readonly bytes: Buffer } | null) {
  const zips = new Map<string, Promise<void>>();
  const copies = new Set<string>();
  return {
    async source(source: FileAsset['source']): Promise<FileAsset['source']> {
      if (source.path === undefined)
        throw undeliverableAsset(
          'an asset is made by a command while it is deployed',
          'bundle it when it is synthesised',
        );
      const file = join(assembly, source.path);
      if (source.packaging === 'zip') {
        if (!zips.has(file)) zips.set(file, zipDirectory(file));
        await zips.get(file);
        return { path: `${source.path}.zip`, packaging: 'file' };
      }
      if (!bundle || !file.endsWith('.zip') || !bundle.bytes.equals(await readFile(file))) return source;
      copies.add(file);
      return { ...source, path: relative(assembly, bundle.path) };
    },
    async clear(): Promise<void> {
      for (const directory of zips.keys()) await rm(directory, { recursive: true });
      for (const copy of copies) if (copy !== bundle?.path) await rm(copy);
    },
  };
}

async function zipDirectory(directory: string): Promise<void> {
  const found = await filesBelow(directory);
  const executables = new Set(found.flatMap(({ path, isExecutable }) => (isExecutable ? [path] : [])));
  const contents = await Promise.all(
    found.map(async ({ path }) => [path, await readFile(join(directory, path))] as const),
  );
  await writeFile(`${directory}.zip`, await zipFiles(new Map(contents), executables));
}

interface AssetFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly isExecutable: boolean;
}

/** All files below a directory; links are followed, as the CDK's own packaging does. `around`: the directories that lead there. */
async function filesBelow(directory: string, prefix = '', around: readonly string[] = []): Promise<AssetFile[]> {
  const place = await realpath(join(directory, prefix));
  if (around.includes(place)) throw strayLink(prefix, 'in a circle');
  const found = await Promise.all(
    (await readdir(place)).map(async (name) => {
      const path = prefix ? `${prefix}/${name}` : name;
      const state = await stat(join(directory, path)).catch(() => null);
      if (!state) throw strayLink(path, 'nowhere');
      if (state.isDirectory()) return filesBelow(directory, path, [...around, place]);
      // The owner's bit is git's; the others depend on a umask.
      return [{ path, isExecutable: (state.mode & 0o100) !== 0 }];
    }),
  );
  return found.flat();
}

const strayLink = (path: string, where: string) =>
  undeliverableAsset(
    `${path} in an asset is a link that leads ${where}`,
    'put the file itself in its place, or leave it out of the asset',
  );

const undeliverableAsset = (message: string, hint: string) =>
  new SoundBiteError('assembly-undeliverable', message, { hint });

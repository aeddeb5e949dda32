import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageOrder } from '@soundbite/model';
import { ownInstallation } from '@soundbite/model/programs.ts';
import { type TarEntry, tarOf } from '../tar.ts';
import { recipeVariables } from './variables.ts';

/** What every image has beside a release, and the recipes; see docker/Dockerfile. */
const recipes = join(ownInstallation, 'docker');
const loaded = ['health.mjs', 'preload.mjs'] as const;

/** The files of an image that are no release's, by their paths in it. */
export async function filesOfOurs(): Promise<ReadonlyMap<string, Uint8Array>> {
  const read = async (name: string): Promise<[string, Uint8Array]> => [
    `soundbite/${name}`,
    await readFile(join(recipes, 'soundbite', name)),
  ];
  return new Map(await Promise.all(loaded.map(read)));
}

/** The released files by their paths in an image. */
export const filesOfRelease = ({ files }: ImageOrder): ReadonlyMap<string, Uint8Array> =>
  new Map([...files].map(([path, bytes]) => [`app/${path}`, bytes]));

/** The context of docker/Dockerfile: equal orders give equal bytes. */
export async function applicationContext(order: ImageOrder): Promise<Uint8Array> {
  const mtime = Math.floor(Date.parse(order.committedAt) / 1000);
  return contextOf(mtime, {
    Dockerfile: await readFile(join(recipes, 'Dockerfile')),
    'application.tar': await layerOf(filesOfRelease(order), mtime),
    'soundbite.tar': await layerOf(await filesOfOurs(), mtime),
  });
}

/** The context of an environment's own settings: docker/Dockerfile.<environment>, or that of all others. */
export async function environmentContext({ environment, committedAt }: ImageOrder): Promise<Uint8Array> {
  const Dockerfile = await readFile(environmentRecipe(environment));
  return contextOf(Math.floor(Date.parse(committedAt) / 1000), { Dockerfile });
}

function environmentRecipe(environment: string): string {
  const own = join(recipes, `Dockerfile.${environment}`);
  return existsSync(own) ? own : join(recipes, 'Dockerfile.environment');
}

/** The variables that our Dockerfiles set in an image: of an application, or of an environment's, which is made on it. */
export async function variablesSet(
  { environment }: ImageOrder,
  of: 'application' | 'environment',
): Promise<ReadonlyMap<string, string>> {
  const files = [join(recipes, 'Dockerfile'), ...(of === 'environment' ? [environmentRecipe(environment)] : [])];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return new Map(texts.flatMap((text) => [...recipeVariables(text)]));
}

const contextOf = (mtime: number, files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> =>
  tarOf(Object.entries(files).map(([path, bytes]) => ({ path, bytes, mode: 0o444, ...ownedByRoot(mtime) })));

const ownedByRoot = (mtime: number) => ({ uid: 0, gid: 0, mtime });

/** Files that nobody may change, in one order, with their directories. */
function layerOf(files: ReadonlyMap<string, Uint8Array>, mtime: number): Promise<Uint8Array> {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const directories = [...new Set(sorted.flatMap(([path]) => parentsOf(path)))].sort();
  const entries: TarEntry[] = [
    ...directories.map((path) => ({ path, mode: 0o555, ...ownedByRoot(mtime) })),
    ...sorted.map(([path, bytes]) => ({ path, bytes, mode: 0o444, ...ownedByRoot(mtime) })),
  ];
  return tarOf(entries);
}

const parentsOf = (path: string): string[] => {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
};

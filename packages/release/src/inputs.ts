import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type Digest, digestOf } from '@soundbite/model';
import { changedBelow, filesBelow, type Head, head } from './git.ts';

/** Whatever a release is made of; what lies elsewhere cannot change it. */
const inputPaths = [
  'environments.yaml',
  'package.json',
  'package-lock.json',
  'apps/service',
  'cdk',
  'packages/model',
  'packages/release',
] as const;

/** Where a release would come from. */
export interface Inputs extends Head {
  /** Some input differs from the commit. */
  readonly dirty: boolean;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
  /** Over all paths and bytes: equal inputs make an equal bundle and equal templates. */
  readonly digest: Digest;
}

/** Reads all inputs of a working tree. Errors: those of `head`. */
export async function readInputs(source: string): Promise<Inputs> {
  const commit = await head(source);
  const [paths, changed] = await Promise.all([filesBelow(source, inputPaths), changedBelow(source, inputPaths)]);
  const hashed = await Promise.all(paths.filter(isInput).map((path) => hashFile(source, path)));
  const files = hashed.filter((file) => file !== null);
  return { ...commit, dirty: changed.some(isInput), files, digest: digestOf(canonicalJson(files)) };
}

/** Tells cheaply whether a cut would bring anything new: compare it with `provenance.inputs` of the last release. */
export async function inputsDigest(source: string): Promise<Digest> {
  return (await readInputs(source)).digest;
}

/** Tests and prose lie beside the code and go into no release. */
function isInput(path: string): boolean {
  return !path.endsWith('.test.ts') && !path.endsWith('.md') && !path.split('/').includes('node_modules');
}

async function hashFile(source: string, path: string): Promise<{ path: string; sha256: string } | null> {
  try {
    const sha256 = createHash('sha256')
      .update(await readFile(join(source, path)))
      .digest('hex');
    return { path, sha256 };
  } catch (error) {
    // Git still lists a file that was removed from the tree.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf, Manifest, Provenance, type Release, SoundBiteError } from '@soundbite/model';
import { hashOf, walk } from './files.ts';

/** A release's two documents, unproven. Errors: `release-unknown`, `release-altered`. */
export async function read(directory: string, digest: Digest): Promise<Release> {
  const bytes = await readFile(join(directory, 'manifest.json')).catch(async (cause: NodeJS.ErrnoException) => {
    const isThere = await stat(directory).catch(() => null);
    if (isThere) throw altered(digest, 'manifest.json', 'is missing', cause);
    throw releaseUnknown(digest, cause);
  });
  if (digestOf(bytes) !== digest) throw altered(digest, 'manifest.json', 'was altered');
  const manifest = readManifest(digest, bytes);
  const provenance = await readFile(join(directory, 'provenance.json'), 'utf8')
    .then((text) => Provenance.parse(JSON.parse(text)))
    .catch((cause: unknown) => {
      throw altered(digest, 'provenance.json', 'was altered or is missing', cause);
    });
  return { digest, directory, manifest, provenance };
}

/** Its digest is right, so it was cut like this. */
function readManifest(digest: Digest, bytes: Buffer): Manifest {
  const parsed = Manifest.safeParse(JSON.parse(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  throw new SoundBiteError('release-unknown', `${digest} has a format that this version does not know`, {
    hint: 'check out a commit that is at least as new as the one that cut it',
    cause: parsed.error,
  });
}

/** Every file is there, none besides, each with the bytes that the manifest says. */
export async function verify(directory: string, digest: Digest): Promise<Release> {
  const release = await read(directory, digest);
  const found = new Map((await walk(directory)).map(({ path, kind }) => [path, kind]));
  for (const { path, sha256 } of release.manifest.files) {
    const kind = found.get(path);
    if (kind === undefined) throw altered(digest, path, 'is missing');
    if (kind !== 'file' || (await hashOf(join(directory, path))).sha256 !== sha256) {
      throw altered(digest, path, 'was altered');
    }
    found.delete(path);
  }
  found.delete('manifest.json');
  const [added] = found.keys();
  if (added !== undefined) throw altered(digest, added, 'was added');
  return release;
}

export function releaseUnknown(digest: Digest, cause?: unknown): SoundBiteError {
  return new SoundBiteError('release-unknown', `${digest} is not in the store`, {
    hint: 'soundbite release list',
    ...(cause === undefined ? {} : { cause }),
  });
}

export function altered(digest: Digest, path: string, what: string, cause?: unknown): SoundBiteError {
  return new SoundBiteError('release-altered', `${path} of ${digest} ${what} after the cut`, {
    hint: `soundbite release remove ${digest}, then soundbite release cut`,
    path,
    ...(cause === undefined ? {} : { cause }),
  });
}

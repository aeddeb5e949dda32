import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type Digest, type Manifest, SoundBiteError } from '@soundbite/model';
import type { Bucket } from './bucket.ts';
import { fileKey } from './keys.ts';
import { someAtOnce } from './some-at-once.ts';

/** How many objects are read at once. */
const readsAtOnce = 8;

/**
 * Writes a release's files and its manifest into an empty directory. Sizes and names are held against the manifest, which is proven; whether the bytes
 * are those that were cut is for the usual verification to say.
 */
export async function fetchRelease(
  bucket: Bucket,
  digest: Digest,
  { bytes, manifest }: { readonly bytes: Uint8Array; readonly manifest: Manifest },
  directory: string,
): Promise<void> {
  const outside = manifest.files.find(({ path }) => !isInside(path));
  if (outside) throw copyAltered(bucket, fileKey(digest, outside.path), digest, 'leads out of the release');
  await someAtOnce(readsAtOnce, manifest.files, (file) => fetchFile(bucket, digest, file, directory));
  await writeFile(join(directory, 'manifest.json'), bytes);
}

async function fetchFile(
  bucket: Bucket,
  digest: Digest,
  { path, bytes }: Manifest['files'][number],
  directory: string,
): Promise<void> {
  const key = fileKey(digest, path);
  const object = await bucket.read(key);
  if (object === null) throw copyAltered(bucket, key, digest, 'is missing');
  if (object.bytes !== bytes) {
    object.body.destroy();
    throw copyAltered(bucket, key, digest, `has ${object.bytes} bytes instead of ${bytes}`);
  }
  const file = join(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await pipeline(object.body, createWriteStream(file, { mode: 0o600, flags: 'wx' }));
}

/** A small object; null: there is none. */
export async function readWhole(bucket: Bucket, key: string, atMost: number): Promise<Buffer | null> {
  const object = await bucket.read(key);
  if (object === null) return null;
  if (object.bytes <= atMost) return buffer(object.body);
  object.body.destroy();
  throw new SoundBiteError('release-copy-altered', `${bucket.address}/${key} has ${object.bytes} bytes`);
}

const isInside = (path: string): boolean =>
  normalize(path) === path && !path.startsWith('/') && path !== '..' && !path.startsWith('../');

/** An object is not what was cut. The release itself may stand whole in other places. */
export const copyAltered = ({ address }: Bucket, key: string, digest: Digest, what: string): SoundBiteError =>
  new SoundBiteError('release-copy-altered', `${address}/${key} ${what}`, {
    hint: `remove that object, then, in a home that has the release: soundbite release push ${digest}`,
    path: key,
  });

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest, Release } from '@soundbite/model';
import type { Bucket } from './bucket.ts';
import { copyAltered } from './fetch.ts';
import { fileKey, keysOf, manifestKey } from './keys.ts';
import { someAtOnce } from './some-at-once.ts';

/** How many objects are put at once. */
const putsAtOnce = 4;

/**
 * Puts what the bucket lacks of a verified release, the manifest last. What is there already, of a push that was cut off or of another home's, is held
 * against the manifest and stays. Gives the number of objects put. Errors: `release-copy-altered`.
 */
export async function pushRelease(bucket: Bucket, { digest, directory, manifest }: Release): Promise<number> {
  const sizes = new Map((await bucket.list(keysOf(digest))).map(({ key, bytes }) => [key, bytes]));
  let put = 0;
  const ensure = async (key: string, path: string, sha256: string) => {
    if (!sizes.has(key) && (await created(bucket, key, await readFile(join(directory, path)), sha256))) put++;
    else await holdObject(bucket, digest, key, sha256);
  };
  await someAtOnce(putsAtOnce, manifest.files, async ({ path, bytes, sha256 }) => {
    const key = fileKey(digest, path);
    const size = sizes.get(key) ?? bytes;
    if (size !== bytes) throw copyAltered(bucket, key, digest, `has ${size} bytes instead of ${bytes}`);
    await ensure(key, path, sha256);
  });
  await ensure(manifestKey(digest), 'manifest.json', digest.slice('sha256:'.length));
  return put;
}

/** Whether it was put: by us, that is. */
const created = async (bucket: Bucket, key: string, body: Uint8Array, sha256: string): Promise<boolean> =>
  (await bucket.create(key, body, sha256)) === 'created';

/** Holds an object that is there against what was cut: by the digest that the bucket has of it, or by its bytes. */
async function holdObject(bucket: Bucket, digest: Digest, key: string, sha256: string): Promise<void> {
  const found = (await bucket.sha256(key)) ?? (await hashObject(bucket, key));
  if (found !== sha256) throw copyAltered(bucket, key, digest, found === null ? 'is missing' : 'is not what was cut');
}

async function hashObject(bucket: Bucket, key: string): Promise<string | null> {
  const object = await bucket.read(key);
  if (object === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of object.body) hash.update(chunk);
  return hash.digest('hex');
}

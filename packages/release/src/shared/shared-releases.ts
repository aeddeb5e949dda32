import {
  type Digest,
  digestOf,
  Manifest,
  Provenance,
  type ReleaseDocuments,
  type SharedReleases,
  SoundBiteError,
} from '@soundbite/model';
import type { Bucket } from './bucket.ts';
import { copyAltered, fetchRelease, readWhole } from './fetch.ts';
import { fileKey, manifestKey } from './keys.ts';
import { pushRelease } from './push.ts';

/** More than any manifest or provenance has, in bytes. */
const documentBytes = 8 * 1024 * 1024;

/** The object that `doctor` puts once, to test the permission. */
const probe = { key: 'doctor.txt', text: 'soundbite doctor put this here to see whether it may write.\n' };

/**
 * Releases in a bucket: the files of each below its digest, and beside them, put last, its manifest `<64 hex>.json`, without which nothing is a release.
 * A key holds the digest of what it leads to, and is created only where nothing is: what is there stays as it is.
 */
export function sharedReleases(bucket: Bucket): SharedReleases {
  const known = new Map<Digest, ReleaseDocuments>();
  const addressOf = (digest: Digest) => `${bucket.address}/${digest.slice('sha256:'.length)}`;

  const has = async (digest: Digest) =>
    (await bucket.list(manifestKey(digest))).some(({ key }) => key === manifestKey(digest));

  async function manifest(digest: Digest): Promise<{ readonly bytes: Buffer; readonly manifest: Manifest }> {
    const key = manifestKey(digest);
    const bytes = await readWhole(bucket, key, documentBytes);
    if (bytes === null) throw unknown(digest, bucket.address);
    if (digestOf(bytes) !== digest) throw copyAltered(bucket, key, digest, 'is not what was cut');
    return { bytes, manifest: parsed(Manifest, bytes, digest, bucket) };
  }

  async function readDocuments(digest: Digest): Promise<ReleaseDocuments> {
    const { manifest: found } = await manifest(digest);
    const path = 'provenance.json';
    const key = fileKey(digest, path);
    const bytes = await readWhole(bucket, key, documentBytes);
    if (bytes === null) throw copyAltered(bucket, key, digest, 'is missing');
    if (digestOf(bytes) !== `sha256:${found.files.find((file) => file.path === path)?.sha256}`)
      throw copyAltered(bucket, key, digest, 'is not what was cut');
    return { manifest: found, provenance: parsed(Provenance, bytes, digest, bucket) };
  }

  return {
    address: bucket.address,
    addressOf,
    async list() {
      const objects = (await bucket.list('', { top: true })).toSorted((a, b) => b.at - a.at);
      return objects.flatMap(({ key }): Digest[] => {
        const hex = /^([0-9a-f]{64})\.json$/.exec(key)?.[1];
        return hex ? [`sha256:${hex}`] : [];
      });
    },
    has,
    /** Read once: a digest means the same for ever. */
    async documents(digest) {
      const found = known.get(digest) ?? (await readDocuments(digest));
      known.set(digest, found);
      return found;
    },
    push: (release) => pushRelease(bucket, release),
    async fetch(digest, directory) {
      // A store that hangs is found out by its listing, which has a limit.
      if (!(await has(digest))) throw unknown(digest, bucket.address);
      await fetchRelease(bucket, digest, await manifest(digest), directory);
    },
    async check() {
      await bucket.list('', { top: true });
      await bucket.create(probe.key, Buffer.from(probe.text), digestOf(probe.text).slice('sha256:'.length));
      await readWhole(bucket, probe.key, documentBytes);
    },
  };
}

const unknown = (digest: Digest, address: string): SoundBiteError =>
  new SoundBiteError('release-unknown', `${digest} is neither in this home nor in ${address}`, {
    hint: 'in the home that has it: soundbite release push <release>',
  });

/** A document that the digest proves. What it says may be newer than this version. */
function parsed<T>(schema: { parse(value: unknown): T }, bytes: Buffer, digest: Digest, { address }: Bucket): T {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw new SoundBiteError(
      'release-unknown',
      `${digest} in ${address} has a format that this version does not know`,
      {
        cause,
        hint: 'check out a commit that is at least as new as the one that cut it',
      },
    );
  }
}

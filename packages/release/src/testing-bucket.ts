import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Bucket } from './shared/bucket.ts';

/**
 * A bucket in memory, as S3 is: an object appears whole, is created only where none is, and bytes of another digest than the one named are refused.
 * `asked` holds what was asked of it; `before` may fail or wait.
 */
export function memoryBucket(before: (what: string) => void | Promise<void> = () => {}) {
  const objects = new Map<string, { bytes: Buffer; at: number; sha256: string | null }>();
  const asked: string[] = [];
  const ask = async (what: string) => {
    asked.push(what);
    await before(what);
  };
  const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  let clock = 0;

  const bucket: Bucket = {
    address: 's3://team/releases',
    async list(beginning, { top } = {}) {
      await ask(`list ${beginning}`);
      return [...objects]
        .filter(([key]) => key.startsWith(beginning) && !(top && key.slice(beginning.length).includes('/')))
        .map(([key, { bytes, at }]) => ({ key, bytes: bytes.length, at }));
    },
    async read(key) {
      await ask(`read ${key}`);
      const object = objects.get(key);
      return object ? { bytes: object.bytes.length, body: Readable.from([object.bytes], { objectMode: false }) } : null;
    },
    async sha256(key) {
      await ask(`sha256 ${key}`);
      return objects.get(key)?.sha256 ?? null;
    },
    async create(key, body, sha256) {
      await ask(`create ${key}`);
      if (objects.has(key)) return 'exists';
      const bytes = Buffer.from(body);
      if (hashOf(bytes) !== sha256) throw new Error(`BadDigest: ${key}`);
      objects.set(key, { bytes, at: ++clock, sha256 });
      return 'created';
    },
  };
  return {
    bucket,
    objects,
    asked,
    /** What somebody puts there who is not us. */
    put: (key: string, text: string, sha256: string | null = hashOf(Buffer.from(text))) =>
      void objects.set(key, { bytes: Buffer.from(text), at: ++clock, sha256 }),
  };
}

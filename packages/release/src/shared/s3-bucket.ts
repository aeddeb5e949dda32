import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';
import { loopbackOptions, type ReleaseStoreAddress, releaseStoreText } from '@soundbite/model';
import type { Bucket, StoredObject } from './bucket.ts';
import { type BucketOperation, storeTrouble } from './store-trouble.ts';

/** How long the bucket may take to be reached, and may be silent, in ms. How long a whole upload takes is for the line to say. */
const patience = { connectionTimeout: 3_000, socketTimeout: 20_000 };
/** How long a listing may take, in ms: every command that looks at the bucket begins with one. */
const listWithinMs = 8_000;

/**
 * A client with the credentials and the region that the AWS SDK finds for this user. What is no AWS takes nothing else from the user's settings. The
 * digests of a release prove what was read, and name the object that is wrong; the SDK's own checksums would only say that some is.
 */
function s3Client({ region, endpoint }: ReleaseStoreAddress): S3Client {
  const options: S3ClientConfig = {
    ...(endpoint === undefined ? {} : { ...loopbackOptions, endpoint, region: 'us-east-1', forcePathStyle: true }),
    ...(region === undefined ? {} : { region }),
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: patience,
  };
  return new S3Client(options);
}

/** The part of a bucket that an address names; `withinMs`: how long a listing may take. */
export function s3Bucket(address: ReleaseStoreAddress, withinMs = listWithinMs): Bucket {
  const client = s3Client(address);
  const { bucket: Bucket, prefix } = address;
  const text = releaseStoreText(address);
  const place = (key: string) => ({ Bucket, Key: `${prefix}${key}` });

  const asked = <T>(asking: BucketOperation, work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw storeTrouble(text, asking, error);
    });

  /** The SDK does not say why it was told to stop. */
  const inTime = <T>(asking: BucketOperation, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    const signal = AbortSignal.timeout(withinMs);
    return asked(asking, () =>
      work(signal).catch((error: unknown) => Promise.reject(signal.aborted ? signal.reason : error)),
    );
  };

  return {
    address: text,
    list: (beginning, { top } = {}) =>
      inTime('list', async (abortSignal) => {
        const found: StoredObject[] = [];
        const query = { Bucket, Prefix: `${prefix}${beginning}`, ...(top ? { Delimiter: '/' } : {}) };
        for await (const { Contents = [] } of paginateListObjectsV2({ client }, query, { abortSignal }))
          for (const { Key = '', Size = 0, LastModified } of Contents)
            found.push({ key: Key.slice(prefix.length), bytes: Size, at: LastModified?.getTime() ?? 0 });
        return found;
      }),
    read: (key) =>
      asked('read', async () => {
        const { Body, ContentLength = 0 } = await client.send(new GetObjectCommand(place(key))).catch(absent);
        if (Body === null) return null;
        return { bytes: ContentLength, body: Readable.from(told(Body as Readable, text), { objectMode: false }) };
      }),
    sha256: (key) =>
      asked('read', async () => {
        const { ChecksumSHA256 } = await client.send(new HeadObjectCommand({ ...place(key), ChecksumMode: 'ENABLED' }));
        return ChecksumSHA256 === undefined ? null : Buffer.from(ChecksumSHA256, 'base64').toString('hex');
      }),
    create: (key, body, sha256) =>
      asked('write', async () => {
        const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
        const put = new PutObjectCommand({ ...place(key), Body: body, ChecksumSHA256, IfNoneMatch: '*' });
        for (let tries = 1; ; tries++) {
          const refused = await client.send(put).then(
            () => null,
            (error: unknown) => error,
          );
          if (refused === null) return 'created';
          if (statusOf(refused) === 412) return 'exists';
          // Somebody else puts or removes it at this moment.
          if (statusOf(refused) !== 409 || tries === 5) throw refused;
          await new Promise((resolve) => setTimeout(resolve, 100 * tries));
        }
      }),
  };
}

const statusOf = (error: unknown): number | undefined =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

function absent(error: unknown): { readonly Body: null; readonly ContentLength: number } {
  if (error instanceof Error && error.name === 'NoSuchKey') return { Body: null, ContentLength: 0 };
  throw error;
}

/** The bytes of an object; a connection that breaks in the middle is an error of the bucket, not of the writer. */
async function* told(body: Readable, address: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk as Uint8Array;
  } catch (error) {
    throw storeTrouble(address, 'read', error);
  }
}

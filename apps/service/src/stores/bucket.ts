import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Settings } from '../settings.ts';
import { clientOptions } from './aws.ts';

/** A presigned URL lives this long, and dies with the credentials that signed it: it is signed anew for each GET. */
const PRESIGNED_SECONDS = 300;

/** A part of an object, or all of it, as S3 gives it. */
export interface StoredAudio {
  readonly body: ReadableStream<Uint8Array>;
  readonly bytes: number;
  /** `bytes 0-1/2` when a range was asked for. */
  readonly range: string | undefined;
}

export type Bucket = ReturnType<typeof openBucket>;

/** The bucket of audio. */
export function openBucket(settings: Settings) {
  const Bucket = settings.bucket;
  const client = new S3Client({
    ...clientOptions(settings),
    // An emulated account has one host name: buckets are in the path.
    forcePathStyle: settings.endpoint !== undefined,
    // A presigned URL is followed by browsers: it must ask for nothing but the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
  return {
    async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
      await client.send(
        new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: contentType, ChecksumAlgorithm: 'CRC32' }),
      );
    },

    /** @throws an error named `NoSuchKey` or `InvalidRange` */
    async get(key: string, range?: string): Promise<StoredAudio> {
      const object = await client.send(new GetObjectCommand({ Bucket, Key: key, Range: range }));
      if (object.Body === undefined) throw new Error(`S3 gave no body for ${key}`);
      return {
        body: object.Body.transformToWebStream() as ReadableStream<Uint8Array>,
        bytes: object.ContentLength ?? 0,
        range: object.ContentRange,
      };
    },

    /** A URL by which anybody can GET the object for five minutes. Local: no call is made. */
    async presign(key: string, contentType: string): Promise<string> {
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const command = new GetObjectCommand({ Bucket, Key: key, ResponseContentType: contentType });
      return getSignedUrl(client, command, { expiresIn: PRESIGNED_SECONDS });
    },

    async delete(key: string): Promise<void> {
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    },

    /** The keys that begin with `prefix`, at most a thousand. */
    async keys(prefix: string): Promise<string[]> {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }));
      return Contents.flatMap(({ Key }) => Key ?? []);
    },

    async ping(): Promise<void> {
      await client.send(new HeadBucketCommand({ Bucket }));
    },

    close: () => client.destroy(),
  };
}

import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Settings } from '../settings.ts';
import { clientOptions } from './aws.ts';

/** A presigned URL lives this long, and dies with the credentials that signed it: it is signed anew for each GET. */
const PRESIGNED_SECONDS = 300;

/** An object as S3 describes it. `etag` is strong, with its quotes. */
export interface AudioDescription {
  readonly etag: string;
  readonly modified: Date;
  readonly bytes: number;
}

/** A part of an object, or all of it; `bytes` are those of the part. */
export interface StoredAudio extends AudioDescription {
  readonly body: ReadableStream<Uint8Array>;
}

/** What a presigned URL's answer says of itself. */
interface PresignedHeaders {
  readonly type: string;
  readonly disposition: string;
}

export type AudioBucket = ReturnType<typeof openBucket>;

/** The bucket of audio. */
export function openBucket(settings: Settings) {
  const Bucket = settings.bucket;
  const client = bucketClient(settings);
  // A URL is signed for its host, which is where users ask.
  const { endpoint, shownEndpoint } = settings;
  const signer = shownEndpoint === endpoint ? client : bucketClient(settings, shownEndpoint);
  return {
    async put(key: string, bytes: Uint8Array, contentType: string): Promise<void> {
      await client.send(
        new PutObjectCommand({ Bucket, Key: key, Body: bytes, ContentType: contentType, ChecksumAlgorithm: 'CRC32' }),
      );
    },

    /** @throws an error named `NoSuchKey` */
    async get(key: string, range?: string): Promise<StoredAudio> {
      const object = await client.send(new GetObjectCommand({ Bucket, Key: key, Range: range }));
      if (object.Body === undefined) throw new Error(`S3 gave no body for ${key}`);
      return { ...described(object), body: object.Body.transformToWebStream() as ReadableStream<Uint8Array> };
    },

    /** @throws an error named `NotFound` */
    async head(key: string): Promise<AudioDescription> {
      return described(await client.send(new HeadObjectCommand({ Bucket, Key: key })));
    },

    /** A URL by which anybody can ask for the object for five minutes, by the method that it was signed for. Local: no call is made. */
    async presign(key: string, { type, disposition }: PresignedHeaders, method: 'GET' | 'HEAD'): Promise<string> {
      const { getSignedUrl } = await import('@aws-sdk/s3-request-presigner');
      const input = { Bucket, Key: key, ResponseContentType: type, ResponseContentDisposition: disposition };
      const command = method === 'HEAD' ? new HeadObjectCommand(input) : new GetObjectCommand(input);
      return getSignedUrl(signer, command as GetObjectCommand, { expiresIn: PRESIGNED_SECONDS });
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

    close: () => {
      for (const one of [client, signer]) one.destroy();
    },
  };
}

function bucketClient(settings: Settings, endpoint?: string): S3Client {
  return new S3Client({
    ...clientOptions(settings),
    ...(endpoint === undefined ? {} : { endpoint }),
    // An emulated account has one host name: buckets are in the path.
    forcePathStyle: settings.endpoint !== undefined,
    // A presigned URL is followed by browsers: it must ask for nothing but the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

function described(object: {
  ETag?: string | undefined;
  LastModified?: Date | undefined;
  ContentLength?: number | undefined;
}): AudioDescription {
  const { ETag, LastModified, ContentLength } = object;
  if (ETag === undefined || LastModified === undefined) throw new Error('S3 gave an object without a tag or a date');
  return { etag: ETag, modified: LastModified, bytes: ContentLength ?? 0 };
}

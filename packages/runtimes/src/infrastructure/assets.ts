import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type Cloud, clientOptions, SoundBiteError } from '@soundbite/model';
import type { Asset } from './assembly.ts';

/**
 * Puts files where CloudFormation will ask for them. A key is made from the content, so an object of the right size is taken as it is:
 * whether the code that then runs is the released one is proven by its digest, when its version is published. S3 proves each upload by
 * its checksum, and shows an object only when it is whole. Idempotent. Errors: `asset-unpublished`.
 */
export async function publishAssets(cloud: Cloud, assets: readonly Asset[]): Promise<void> {
  await Promise.all(assets.map((asset) => publish(cloud, asset)));
}

async function publish(cloud: Cloud, { path, bucket, key, role }: Asset): Promise<void> {
  const s3 = new S3Client(clientOptions(await cloud.access({ role })));
  const place = { Bucket: bucket, Key: key };
  try {
    const { size } = await stat(path);
    if (size === (await sizeOf(s3, place))) return;
    const body = await readFile(path);
    const ChecksumSHA256 = createHash('sha256').update(body).digest('base64');
    await s3.send(new PutObjectCommand({ ...place, Body: body, ChecksumSHA256 }));
  } catch (cause) {
    // S3's answer to a HEAD has no words: its status is all there is.
    const { name, message, $metadata } = cause as Error & { $metadata?: { httpStatusCode?: number } };
    const why = [$metadata?.httpStatusCode, name, message].filter(Boolean).join(' ');
    throw new SoundBiteError('asset-unpublished', `${path} cannot be uploaded to s3://${bucket}/${key}: ${why}`, {
      hint: 'check that the bucket and the publishing role are as `soundbite bootstrap <environment>` makes them, then run the command again',
      cause,
    });
  } finally {
    s3.destroy();
  }
}

/** Bytes of an object; null when there is none. */
async function sizeOf(s3: S3Client, place: { readonly Bucket: string; readonly Key: string }): Promise<number | null> {
  try {
    return (await s3.send(new HeadObjectCommand(place))).ContentLength ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFound') return null;
    throw error;
  }
}

import { describe, expect, it } from 'vitest';
import { parseReleaseStore, releaseStoreText } from './release-store-address.ts';

describe('the address of a shared release store', () => {
  it.each([
    ['s3://team-releases', { bucket: 'team-releases', prefix: '' }, 's3://team-releases'],
    ['s3://team-releases/', { bucket: 'team-releases', prefix: '' }, 's3://team-releases'],
    ['s3://b.c/sound/bite/', { bucket: 'b.c', prefix: 'sound/bite/' }, 's3://b.c/sound/bite'],
    ['s3://bucket/p?region=eu-central-1', { bucket: 'bucket', prefix: 'p/', region: 'eu-central-1' }, 's3://bucket/p'],
    [
      's3://bucket?endpoint=http://127.0.0.1:4566&region=us-east-1',
      { bucket: 'bucket', prefix: '', endpoint: 'http://127.0.0.1:4566', region: 'us-east-1' },
      's3://bucket',
    ],
    [
      's3://bucket?endpoint=https://minio.example.org:9000',
      { bucket: 'bucket', prefix: '', endpoint: 'https://minio.example.org:9000' },
      's3://bucket',
    ],
  ])('%s', (text, address, shown) => {
    expect(parseReleaseStore(text)).toEqual(address);
    expect(releaseStoreText(parseReleaseStore(text))).toBe(shown);
  });

  it.each([
    ['team-releases', 'must be s3://<bucket>/<prefix>, not "team-releases"'],
    ['https://bucket.s3.amazonaws.com?X-Amz-Signature=secret', 'not "https://bucket.s3.amazonaws.com"'],
    ['s3://', 'is not a bucket name'],
    ['s3://Bucket', '"Bucket" is not a bucket name'],
    ['s3://bucket:9000/x', '"bucket:9000" is not a bucket name'],
    ['s3://bucket/a//b', 'has the prefix "a//b"'],
    ['s3://bucket/a#b', 'has the prefix "a#b"'],
    ['s3://bucket/a%0ab', 'has the prefix "a%0ab"'],
    ['s3://bucket?region=', 'has an invalid ?region='],
    ['s3://bucket?profile=team', 'takes ?region= and ?endpoint=, not ?profile='],
    ['s3://bucket?endpoint=http://minio.example.org', 'must be https://<host>, or http:// on this machine'],
    ['s3://bucket?endpoint=ftp://127.0.0.1', 'must be https://<host>'],
  ])('%s is refused', (text, why) => {
    expect(() => parseReleaseStore(text)).toThrowError(
      expect.objectContaining({ code: 'release-store-unusable', message: expect.stringContaining(why) }),
    );
  });

  it.each([
    's3://AKIAEXAMPLE:hunter2@bucket/x',
    's3://bucket?endpoint=https://me:hunter2@minio.example.org',
    's3://bucket?secret=hunter2',
    's3://bucket?endpoint=hunter2',
    's3://bucket?region=hunter2!',
  ])('a secret in it is not told again: %s', (text) => {
    expect(() => parseReleaseStore(text)).toThrowError(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });
});

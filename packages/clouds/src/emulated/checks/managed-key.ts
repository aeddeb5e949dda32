import { strict as assert } from 'node:assert';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { Check } from './check.ts';

export const managedKey: Check = {
  correction: 'managed_key',
  title: 'a write that asks for encryption with KMS and names no key gets the account’s own key for S3',
  failsWithout: /requires a key id/,
  async holds(account) {
    const s3 = new S3Client({ ...account.config, forcePathStyle: true, maxAttempts: 1 });
    const place = { Bucket: `managed-key-${account.account}`, Key: 'asset.json' };
    await s3.send(new CreateBucketCommand({ Bucket: place.Bucket }));
    await s3.send(new PutObjectCommand({ ...place, Body: '{}', ServerSideEncryption: 'aws:kms' }));
    const { Body, SSEKMSKeyId } = await s3.send(new GetObjectCommand(place));
    assert.equal(await Body?.transformToString(), '{}');
    assert.match(String(SSEKMSKeyId), /:alias\/aws\/s3$/);
  },
};

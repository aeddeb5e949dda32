import { strict as assert } from 'node:assert';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createUser } from '../test-users.ts';
import type { Check } from './check.ts';

export const secureLoopback: Check = {
  correction: 'secure_loopback',
  title: 'a bucket policy that demands TLS lets loopback traffic in',
  failsWithout: /explicit deny in a resource-based policy/,
  async holds(account) {
    const root = new S3Client({ ...account.config, forcePathStyle: true });
    await root.send(new CreateBucketCommand({ Bucket: 'only-tls' }));
    const refusePlain = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Deny',
          Principal: '*',
          Action: 's3:*',
          Resource: ['arn:aws:s3:::only-tls', 'arn:aws:s3:::only-tls/*'],
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    };
    await root.send(new PutBucketPolicyCommand({ Bucket: 'only-tls', Policy: JSON.stringify(refusePlain) }));
    const user = new S3Client({ ...(await createUser(account, 'only-tls', ['s3:*'])), forcePathStyle: true });
    await user.send(new PutObjectCommand({ Bucket: 'only-tls', Key: 'a', Body: 'b' }));
    const got = await user.send(new GetObjectCommand({ Bucket: 'only-tls', Key: 'a' }));
    assert.equal(await got.Body?.transformToString(), 'b');
  },
};

import { strict as assert } from 'node:assert';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Check } from './check.ts';

export const secureLoopback: Check = {
  correction: 'secure_loopback',
  title: 'a bucket policy that demands TLS lets loopback traffic in',
  async holds(account) {
    const iam = new IAMClient(account.config);
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
    await iam.send(new CreateUserCommand({ UserName: 'only-tls' }));
    const allow = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'only-tls', PolicyName: 'p', PolicyDocument: JSON.stringify(allow) }),
    );
    const key = (await iam.send(new CreateAccessKeyCommand({ UserName: 'only-tls' }))).AccessKey;
    const user = new S3Client({
      ...account.config,
      forcePathStyle: true,
      credentials: { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' },
    });
    await user.send(new PutObjectCommand({ Bucket: 'only-tls', Key: 'a', Body: 'b' }));
    const got = await user.send(new GetObjectCommand({ Bucket: 'only-tls', Key: 'a' }));
    assert.equal(await got.Body?.transformToString(), 'b');
  },
};

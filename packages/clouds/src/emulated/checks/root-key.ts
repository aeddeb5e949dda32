import { strict as assert } from 'node:assert';
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Check } from './check.ts';

export const rootKey: Check = {
  correction: 'root_key',
  title: 'only the root key with its secret is root: no account id, no `test`, no other secret',
  failsWithout: /Missing expected rejection: \d{12}/,
  async holds(account) {
    const identity = await new STSClient(account.config).send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Arn, `arn:aws:iam::${account.account}:root`);
    const pretenders = [
      { accessKeyId: account.account, secretAccessKey: account.credentials.secretAccessKey },
      { accessKeyId: 'test', secretAccessKey: 'test' },
      { accessKeyId: account.credentials.accessKeyId, secretAccessKey: 'guessed-guessed-guessed' },
    ];
    for (const credentials of pretenders) {
      const config = { ...account.config, credentials, maxAttempts: 1 };
      await assert.rejects(
        new IAMClient(config).send(new ListUsersCommand({})),
        /token|signature/i,
        credentials.accessKeyId,
      );
      await assert.rejects(new S3Client({ ...config, forcePathStyle: true }).send(new ListBucketsCommand({})));
    }
  },
};

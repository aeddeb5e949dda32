import { strict as assert } from 'node:assert';
import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { GetFunctionConcurrencyCommand, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createRole } from '../test-functions.ts';
import { deployStack, type Resources } from '../test-stacks.ts';
import type { Check } from './check.ts';

function resources(role: string, queue: string, declared: boolean): Resources {
  return {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'dropped',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        ...(declared && {
          TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true },
        }),
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'dropped',
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: role,
        Code: { ZipFile: 'exports.handler = async () => 1;' },
        ...(declared && { ReservedConcurrentExecutions: 3, DeadLetterConfig: { TargetArn: queue } }),
      },
    },
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketName: 'dropped',
        ...(declared && {
          Tags: [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }],
          BucketEncryption: {
            ServerSideEncryptionConfiguration: [
              {
                BucketKeyEnabled: true,
                ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'k' },
              },
            ],
          },
          LifecycleConfiguration: {
            Rules: [{ Id: 'old', Status: 'Enabled', Prefix: 'rehearsal/', ExpirationInDays: 7 }],
          },
        }),
      },
    },
  };
}

export const droppedProperties: Check = {
  correction: 'dropped_properties',
  title:
    'CloudFormation applies TTL, recovery, encryption, concurrency, dead-letter target, tags and lifecycle, and takes them away',
  failsWithout: /deep-equal[\s\S]*TimeToLiveStatus: 'DISABLED'/,
  async holds(account) {
    const [dynamodb, lambda] = [new DynamoDBClient(account.config), new LambdaClient(account.config)];
    const s3 = new S3Client({ ...account.config, forcePathStyle: true });
    const queue = `arn:aws:sqs:${account.region}:${account.account}:dropped`;
    const role = await createRole(account, 'dropped');
    await deployStack(account, 'dropped', resources(role, queue, true));

    const ttl = async () =>
      (await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: 'dropped' }))).TimeToLiveDescription;
    const backups = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: 'dropped' }));
    const table = (await dynamodb.send(new DescribeTableCommand({ TableName: 'dropped' }))).Table;
    assert.deepEqual(await ttl(), { AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
    assert.equal(
      backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      'ENABLED',
    );
    assert.equal(table?.SSEDescription?.Status, 'ENABLED');
    const reserved = async () =>
      (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: 'dropped' }))).ReservedConcurrentExecutions;
    const deadLetter = async () =>
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'dropped' }))).DeadLetterConfig?.TargetArn;
    assert.equal(await reserved(), 3);
    assert.equal(await deadLetter(), queue);
    const tags = await s3.send(new GetBucketTaggingCommand({ Bucket: 'dropped' }));
    assert.deepEqual(tags.TagSet, [{ Key: 'aws-cdk:auto-delete-objects', Value: 'true' }]);
    const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket: 'dropped' }));
    assert.deepEqual(encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault, {
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: 'k',
    });
    const lifecycle = async () =>
      (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket: 'dropped' }))).Rules;
    const [rule] = (await lifecycle()) ?? [];
    assert.deepEqual([rule?.ID, rule?.Filter?.Prefix, rule?.Expiration?.Days], ['old', 'rehearsal/', 7]);

    await deployStack(account, 'dropped', resources(role, queue, false));
    assert.notEqual((await ttl())?.TimeToLiveStatus, 'ENABLED');
    assert.equal(await reserved(), undefined);
    assert.equal(await deadLetter(), undefined);
    await assert.rejects(lifecycle, { name: 'NoSuchLifecycleConfiguration' });
  },
};

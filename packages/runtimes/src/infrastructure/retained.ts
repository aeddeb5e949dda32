import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type CloudAccess, clientOptions, type StackMember } from '@soundbite/model';
import { unlessGone } from './gone.ts';

/**
 * Deletes the resources that a stack would keep (or could not delete, being full or protected), so that the environment can be made
 * again under the same names. What is gone already is not a failure.
 */
export async function removeKept(members: readonly StackMember[], access: CloudAccess): Promise<void> {
  const s3 = new S3Client(clientOptions(access));
  const dynamo = new DynamoDBClient(clientOptions(access));
  const sqs = new SQSClient(clientOptions(access));
  const secrets = new SecretsManagerClient(clientOptions(access));
  const logs = new CloudWatchLogsClient(clientOptions(access));
  const removers: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
    'AWS::S3::Bucket': (id) => removeBucket(s3, id),
    'AWS::DynamoDB::Table': (id) => removeTable(dynamo, id),
    'AWS::SQS::Queue': (id) => sqs.send(new DeleteQueueCommand({ QueueUrl: id })),
    'AWS::SecretsManager::Secret': (id) =>
      secrets.send(new DeleteSecretCommand({ SecretId: id, ForceDeleteWithoutRecovery: true })),
    'AWS::Logs::LogGroup': (id) => logs.send(new DeleteLogGroupCommand({ logGroupName: id })),
  };
  try {
    for (const { type, physicalId } of members) await unlessGone(removers[type]?.(physicalId) ?? Promise.resolve());
  } finally {
    for (const client of [s3, dynamo, sqs, secrets, logs]) client.destroy();
  }
}

async function removeBucket(s3: S3Client, Bucket: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
    const found = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (found.length === 0) break;
    const Objects = found.map(({ Key, VersionId }) => ({ Key, VersionId }));
    await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

async function removeTable(dynamo: DynamoDBClient, TableName: string): Promise<void> {
  try {
    await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
  } catch (error) {
    // AWS refuses an update that changes nothing: it is not protected.
    if (!(error instanceof Error) || error.name !== 'ValidationException') throw error;
  }
  await dynamo.send(new DeleteTableCommand({ TableName }));
}

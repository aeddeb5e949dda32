import {
  CloudFormationClient,
  DeleteStackCommand,
  ListStackResourcesCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import {
  awsNames,
  type Cloud,
  type CloudAccess,
  clientOptions,
  type Environment,
  SoundBiteError,
} from '@soundbite/model';
import { controllerStack } from './bootstrap.ts';
import { pace } from './pace.ts';
import { describeStack, failingEvents, settledStack } from './stack.ts';

/**
 * Takes an environment away: its stack with all data, then the bootstrap. As administrator; may be run again at any point.
 * Errors: `destroy-failed` naming what stands in the way.
 */
export async function destroy(environment: Environment, cloud: Cloud): Promise<void> {
  const access = await cloud.access('administrator');
  const names = awsNames(environment.name);
  for (const name of [names.stack, names.toolkitStack, controllerStack(environment.name)])
    await removeStack(name, access, cloud);
}

async function removeStack(name: string, access: CloudAccess, cloud: Cloud): Promise<void> {
  const client = new CloudFormationClient(clientOptions(access));
  const started = new Date();
  try {
    const stack = await settledStack(client, name, pace(cloud));
    if (!stack) return;
    if (stack.EnableTerminationProtection)
      await client.send(
        new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: false }),
      );
    await openProtected(await resourcesOf(client, name), access);
    await client.send(new DeleteStackCommand({ StackName: name }));
    if (!(await settledStack(client, name, pace(cloud)))) return;
    const status = (await describeStack(client, name))?.StackStatus;
    const reasons = await failingEvents(client, name, started);
    throw new SoundBiteError('destroy-failed', `stack ${name} is ${status}: ${reasons.join('; ')}`, {
      mend: 'remove what it names, then run the command again',
    });
  } finally {
    client.destroy();
  }
}

/** Physical ids of a stack's resources, with their types. */
async function resourcesOf(client: CloudFormationClient, name: string) {
  const found: { readonly type: string; readonly id: string }[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new ListStackResourcesCommand({ StackName: name, ...(token === undefined ? {} : { NextToken: token }) }),
    );
    for (const { ResourceType, PhysicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? [])
      if (ResourceType && PhysicalResourceId && ResourceStatus !== 'DELETE_COMPLETE')
        found.push({ type: ResourceType, id: PhysicalResourceId });
    token = page.NextToken;
  } while (token);
  return found;
}

/** Empties buckets and lifts deletion protection of tables, so that the stack can go. */
async function openProtected(resources: readonly { type: string; id: string }[], access: CloudAccess): Promise<void> {
  const s3 = new S3Client(clientOptions(access));
  const dynamo = new DynamoDBClient(clientOptions(access));
  try {
    for (const { type, id } of resources) {
      if (type === 'AWS::S3::Bucket') await gone(emptyBucket(s3, id));
      if (type === 'AWS::DynamoDB::Table')
        await gone(dynamo.send(new UpdateTableCommand({ TableName: id, DeletionProtectionEnabled: false })));
    }
  } finally {
    s3.destroy();
    dynamo.destroy();
  }
}

async function emptyBucket(s3: S3Client, bucket: string): Promise<void> {
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, MaxKeys: 1000 }));
    const objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
      Key,
      VersionId,
    }));
    if (objects.length === 0) return;
    await s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } }));
  }
}

/** What an earlier try took away already, and a table whose protection is off, is no failure. */
async function gone(act: Promise<unknown>): Promise<void> {
  try {
    await act;
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const isOpen = name === 'ValidationException';
    if (!isOpen && name !== 'NoSuchBucket' && name !== 'ResourceNotFoundException') throw error;
  }
}

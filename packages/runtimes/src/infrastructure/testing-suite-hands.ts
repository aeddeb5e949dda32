import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListChangeSets,
  RollbackStackCommand,
  type Stack,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketPolicyCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DeleteQueueCommand, GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { awsNames, fixedNames } from '@soundbite/model';
import { expect } from 'vitest';

/** An emulated account as its root. */
export interface RootConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** What a person sees and does by hand to the stack of an environment, as root. */
export function accountHands(config: RootConfig, environment: string) {
  const names = { ...awsNames(environment), ...fixedNames(environment) };
  const StackName = names.stack;
  const formation = new CloudFormationClient(config);
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);

  async function describe(): Promise<Stack | undefined> {
    return (await formation.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  }
  const status = async () => (await describe())?.StackStatus;
  const bucketOf = async () => {
    const { Stacks } = await formation.send(new DescribeStacksCommand({ StackName: names.toolkitStack }));
    const account = Stacks?.[0]?.StackId?.split(':')[4];
    return `cdk-${names.qualifier}-assets-${account}-${config.region}`;
  };
  const keysIn = async (Bucket: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key = '' }) => Key);

  return {
    describe,
    status,
    templateIn: async (directory: string): Promise<unknown> =>
      JSON.parse(await readFile(join(directory, `${StackName}.template.json`), 'utf8')),
    /** Marks each published file; to put it again would take the mark away. */
    async markAssets(): Promise<void> {
      const Bucket = await bucketOf();
      const Tagging = { TagSet: [{ Key: 'seen', Value: 'yes' }] };
      for (const Key of await keysIn(Bucket)) await s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }));
    },
    async assets(): Promise<{ readonly marked: string[]; readonly unmarked: string[] }> {
      const Bucket = await bucketOf();
      const seen = { marked: [] as string[], unmarked: [] as string[] };
      for (const Key of await keysIn(Bucket)) {
        const { TagSet = [] } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key }));
        seen[TagSet.length > 0 ? 'marked' : 'unmarked'].push(Key);
      }
      return seen;
    },
    /** Nobody may put files into the bucket meanwhile. */
    async withoutAssets(act: () => Promise<void>): Promise<void> {
      const Bucket = await bucketOf();
      const { Policy = '' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
      const policy = JSON.parse(Policy) as { Statement: object[] };
      const deny = { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: `arn:aws:s3:::${Bucket}/*` };
      const Statement = [...policy.Statement, deny];
      await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ ...policy, Statement }) }));
      try {
        await act();
      } finally {
        await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      }
    },
    /** An update that fails after it has changed something, and is not rolled back. */
    async updateHalfWay(): Promise<void> {
      const { TemplateBody = '' } = await formation.send(
        new GetTemplateCommand({ StackName, TemplateStage: 'Original' }),
      );
      const template = JSON.parse(TemplateBody);
      template.Resources.Mapping.Properties.BatchSize += 1;
      const alias = { Name: 'broken', FunctionName: { Ref: 'Api' }, FunctionVersion: '99' };
      template.Resources.Broken = { Type: 'AWS::Lambda::Alias', Properties: alias, DependsOn: 'Mapping' };
      const Parameters = (await describe())?.Parameters?.map(({ ParameterKey }) => ({
        ParameterKey,
        UsePreviousValue: true,
      }));
      const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
      const input = { StackName, TemplateBody: JSON.stringify(template), DisableRollback: true };
      await formation.send(new UpdateStackCommand({ ...input, Parameters, Capabilities }));
      await expect.poll(status).toBe('UPDATE_FAILED');
    },
    /** The names of its change sets. */
    async changeSets(): Promise<string[]> {
      const found: string[] = [];
      for await (const { Summaries = [] } of paginateListChangeSets({ client: formation }, { StackName }))
        found.push(...Summaries.map(({ ChangeSetName = '' }) => ChangeSetName));
      return found.sort();
    },
    rollBack: () => formation.send(new RollbackStackCommand({ StackName })),
    async deleteQueue(): Promise<void> {
      const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: names.queue }));
      await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
    /** A change set for a new stack that nobody executes. */
    async leaveInReview(): Promise<void> {
      const TemplateBody = JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } });
      const input = { StackName, ChangeSetName: 'by-hand', ChangeSetType: 'CREATE' as const, TemplateBody };
      await formation.send(new CreateChangeSetCommand(input));
    },
    close: () => {
      for (const client of [formation, s3, sqs]) client.destroy();
    },
  };
}

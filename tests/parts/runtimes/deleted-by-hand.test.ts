import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ApiGatewayV2Client,
  DeleteApiCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2';
import {
  CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DeleteAlarmsCommand, DeleteDashboardsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DeleteTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  DeleteAliasCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { DeleteBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { DeleteSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import {
  awsNames,
  bootstrapTemplate,
  type Environment,
  liveAlias,
  type Release,
  stackOutputs,
  type Target,
} from '@soundbite/model';
import { readTemplate } from '@soundbite/model/template.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutRelease, releaseStore } from '../../../packages/release/src/index.ts';
import { looks, partsOfOthers } from '../../../packages/runtimes/src/infrastructure/looks.ts';
import { declared } from './environment.ts';
import { type RealParts, realParts } from './real-parts.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const fence = { owner: 'test', generation: 1 };

/** The stacks of the service, of which a person deletes this and that. */
describe('a stack of which a person deleted something', () => {
  let release: Release;
  const opened: RealParts[] = [];

  /** The stack of an environment, in an account of its own. */
  async function open(name: string) {
    const environment: Environment = declared(name);
    const names = awsNames(name);
    const parts = await realParts(environment);
    opened.push(parts);
    if (!release) {
      const store = join(parts.root, 'releases');
      release = await releaseStore(store).verify((await cutRelease({ source: repository, store })).release);
    }
    const assembly = join(release.directory, 'assembly', name);
    const recover = () => parts.stacks.recover(environment, parts.cloud, assembly, release.digest, fence);
    const missing = async () =>
      (await parts.stacks.presence(environment, parts.cloud)).missing.map(({ id }) => id).sort();
    return {
      ...parts,
      names,
      config: parts.account.config,
      recover,
      missing,
      deploy: (): Promise<Target> => parts.deploy(release, fence),
      /** What was done; afterwards all is there again. */
      async mended(): Promise<readonly string[]> {
        const done = await recover();
        await parts.deploy(release, fence);
        expect(await missing()).toEqual([]);
        return done;
      },
    };
  }
  type Open = Awaited<ReturnType<typeof open>>;
  afterAll(async () => {
    for (const parts of opened) await parts.dispose();
  });

  describe('one by one', () => {
    let at: Open;
    let target: Target;
    beforeAll(async () => {
      at = await open('dev-aws-deployed');
      target = await at.deploy();
    });

    it('holds no type that is not looked at', async () => {
      const types = await Promise.all(
        release.manifest.environments.map(async (name) => {
          const file = join(release.directory, 'assembly', name, `${awsNames(name).stack}.template.json`);
          return [...readTemplate(JSON.parse(await readFile(file, 'utf8'))).resources.values()].map(({ type }) => type);
        }),
      );
      const bootstrap = [...readTemplate(bootstrapTemplate(declared('production'))).resources.values()];
      const all = new Set([...types.flat(), ...bootstrap.map(({ type }) => type)]);
      expect([...all].filter((type) => !(type in looks) && !partsOfOthers.has(type))).toEqual([]);
    });

    it('misses nothing while nobody did', async () => {
      expect(await at.missing()).toEqual([]);
      expect(await at.recover()).toEqual([]);
    });

    const output = (key: string) => target.outputs[key] ?? '';
    const lambda = () => new LambdaClient(at.config);
    const api = () => new ApiGatewayV2Client(at.config);
    const deletions: Record<string, [() => Promise<unknown>, string[]]> = {
      'both queues': [
        async () => {
          const sqs = new SQSClient(at.config);
          for (const key of [stackOutputs.queueUrl, stackOutputs.deadLetterUrl])
            await sqs.send(new DeleteQueueCommand({ QueueUrl: output(key) }));
        },
        ['DeadLetters', 'DeadLettersPolicy', 'Queue', 'QueuePolicy'],
      ],
      'table, bucket, an alarm, the dashboard and a log group': [
        async () => {
          await new DynamoDBClient(at.config).send(new DeleteTableCommand({ TableName: at.names.table }));
          await new S3Client({ ...at.config, forcePathStyle: true }).send(
            new DeleteBucketCommand({ Bucket: output(stackOutputs.bucket) }),
          );
          const cloudwatch = new CloudWatchClient(at.config);
          await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [`${at.names.alarmPrefix}queue-age`] }));
          await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [at.names.dashboard] }));
          await new CloudWatchLogsClient(at.config).send(
            new DeleteLogGroupCommand({ logGroupName: at.names.apiLogGroup }),
          );
        },
        ['ApiLogs', 'Bucket', 'BucketPolicy', 'Dashboard', 'QueueAgeAlarm', 'Table'],
      ],
      'a role and the secret for good': [
        async () => {
          const iam = new IAMClient(at.config);
          const RoleName = at.names.workerRole;
          await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'service' }));
          await iam.send(new DeleteRoleCommand({ RoleName }));
          await new SecretsManagerClient(at.config).send(
            new DeleteSecretCommand({ SecretId: at.names.webhookSecret, ForceDeleteWithoutRecovery: true }),
          );
        },
        ['WebhookSecret', 'WorkerRole'],
      ],
      'an alias and the mapping': [
        async () => {
          await lambda().send(new DeleteEventSourceMappingCommand({ UUID: output(stackOutputs.workerMappingId) }));
          await lambda().send(new DeleteAliasCommand({ FunctionName: at.names.apiFunction, Name: liveAlias }));
        },
        ['ApiAlias', 'HttpPermission', 'WorkerMapping'],
      ],
      'a function': [
        () => lambda().send(new DeleteFunctionCommand({ FunctionName: at.names.workerFunction })),
        ['SweepPermission', 'WorkerAlias', 'WorkerFunction', 'WorkerVersion'],
      ],
      'the route and its integration': [
        async () => {
          const ApiId = output(stackOutputs.apiId);
          for (const { RouteId } of (await api().send(new GetRoutesCommand({ ApiId }))).Items ?? [])
            await api().send(new DeleteRouteCommand({ ApiId, RouteId }));
          for (const { IntegrationId } of (await api().send(new GetIntegrationsCommand({ ApiId }))).Items ?? [])
            await api().send(new DeleteIntegrationCommand({ ApiId, IntegrationId }));
        },
        ['HttpIntegration', 'HttpRoute'],
      ],
      'the HTTP API': [
        () => api().send(new DeleteApiCommand({ ApiId: output(stackOutputs.apiId) })),
        ['HttpApi', 'HttpIntegration', 'HttpRoute', 'HttpStage'],
      ],
    };
    it.each(Object.keys(deletions))('%s: named, and made anew', async (what) => {
      const [remove, ids] = deletions[what] ?? [];
      await remove?.();
      expect(await at.missing()).toEqual(ids);
      const done = await at.mended();
      expect(done.flatMap((line) => line.replace(/^.*: /, '').split(', ')).sort()).toEqual(ids);
      target = await at.deploy();
    });

    it('a secret that waits for its end comes back as it was', async () => {
      const secrets = new SecretsManagerClient(at.config);
      await secrets.send(new DeleteSecretCommand({ SecretId: at.names.webhookSecret }));
      expect(await at.missing()).toEqual(['WebhookSecret']);
      expect(await at.mended()).toEqual([`brought back before their end: ${at.names.webhookSecret}`]);
    });
  });

  it('a whole stack: what it left is taken back, with what it holds', async () => {
    const at = await open('production');
    await at.deploy();
    const dynamo = new DynamoDBClient(at.config);
    const Item = { pk: { S: 'kept' }, sk: { S: 'kept' } };
    await dynamo.send(new PutItemCommand({ TableName: at.names.table, Item }));
    await deleteStack(at.config, at.names.stack);
    expect(await at.stacks.state(declared('production'), at.cloud)).toBeNull();
    const left = ['AccessLogs', 'ApiLogs', 'Bucket', 'DeadLetters', 'Queue', 'Table', 'WebhookSecret', 'WorkerLogs'];
    const done = await at.mended();
    expect(done.map((line) => line.replace(/^.*: /, '').split(', ').sort())).toEqual([left]);
    expect((await at.stacks.state(declared('production'), at.cloud))?.release).toBe(release.digest);
    const { Item: kept } = await dynamo.send(
      new GetItemCommand({ TableName: at.names.table, Key: { pk: { S: 'kept' }, sk: { S: 'kept' } } }),
    );
    expect(kept).toEqual(Item);
  });
});

async function deleteStack(config: RealParts['account']['config'], StackName: string): Promise<string | undefined> {
  const client = new CloudFormationClient(config);
  await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
  await client.send(new DeleteStackCommand({ StackName }));
  const status = async () => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName })).catch(() => ({ Stacks: [] }));
    return Stacks?.[0]?.StackStatus ?? 'gone';
  };
  await expect
    .poll(status, { timeout: 20_000, interval: 50 })
    .not.toMatch(/IN_PROGRESS|CREATE_COMPLETE|UPDATE_COMPLETE/);
  return status();
}

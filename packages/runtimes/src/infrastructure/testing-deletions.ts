import {
  ApiGatewayV2Client,
  DeleteApiCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2';
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
import { type fixedNames, liveAlias, stackOutputs } from '@soundbite/model';

/** What a person deletes by hand in a test's account. */

type Names = ReturnType<typeof fixedNames>;
interface Config {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
type Deletion = readonly [remove: () => Promise<unknown>, ids: readonly string[]];

export const deletionKinds = [
  'both queues',
  'table, bucket, an alarm, the dashboard and a log group',
  'a role and the secret for good',
  'an alias and the mapping',
  'a function',
  'the route and its integration',
  'the HTTP API',
] as const;

/** Each with the logical ids that are gone afterwards, sorted. `output` gives the outputs of the stack as it stands. */
export function deletionsIn(
  config: Config,
  names: Names,
  output: (key: string) => string,
): Record<(typeof deletionKinds)[number], Deletion> {
  const lambda = () => new LambdaClient(config);
  const api = () => new ApiGatewayV2Client(config);
  return {
    'both queues': [
      async () => {
        const sqs = new SQSClient(config);
        for (const key of [stackOutputs.queueUrl, stackOutputs.deadLetterUrl])
          await sqs.send(new DeleteQueueCommand({ QueueUrl: output(key) }));
      },
      ['DeadLetters', 'DeadLettersPolicy', 'Queue', 'QueuePolicy'],
    ],
    'table, bucket, an alarm, the dashboard and a log group': [
      async () => {
        await new DynamoDBClient(config).send(new DeleteTableCommand({ TableName: names.table }));
        await new S3Client({ ...config, forcePathStyle: true }).send(
          new DeleteBucketCommand({ Bucket: output(stackOutputs.bucket) }),
        );
        const cloudwatch = new CloudWatchClient(config);
        await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [`${names.alarmPrefix}queue-age`] }));
        await cloudwatch.send(new DeleteDashboardsCommand({ DashboardNames: [names.dashboard] }));
        await new CloudWatchLogsClient(config).send(new DeleteLogGroupCommand({ logGroupName: names.apiLogGroup }));
      },
      ['ApiLogs', 'Bucket', 'BucketPolicy', 'Dashboard', 'QueueAgeAlarm', 'Table'],
    ],
    'a role and the secret for good': [
      async () => {
        const iam = new IAMClient(config);
        const RoleName = names.workerRole;
        await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'service' }));
        await iam.send(new DeleteRoleCommand({ RoleName }));
        await new SecretsManagerClient(config).send(
          new DeleteSecretCommand({ SecretId: names.webhookSecret, ForceDeleteWithoutRecovery: true }),
        );
      },
      ['WebhookSecret', 'WorkerRole'],
    ],
    'an alias and the mapping': [
      async () => {
        await lambda().send(new DeleteEventSourceMappingCommand({ UUID: output(stackOutputs.workerMappingId) }));
        await lambda().send(new DeleteAliasCommand({ FunctionName: names.apiFunction, Name: liveAlias }));
      },
      ['ApiAlias', 'HttpPermission', 'WorkerMapping'],
    ],
    'a function': [
      () => lambda().send(new DeleteFunctionCommand({ FunctionName: names.workerFunction })),
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
}

/** Deletes the webhook secret as AWS's console does: it waits for its end. */
export const putToItsEnd = (config: Config, { webhookSecret }: Names) =>
  new SecretsManagerClient(config).send(new DeleteSecretCommand({ SecretId: webhookSecret }));

const keyOf = (id: string) => ({ pk: { S: id }, sk: { S: id } });

export const putItem = (config: Config, TableName: string, id: string) =>
  new DynamoDBClient(config).send(new PutItemCommand({ TableName, Item: keyOf(id) }));

export async function hasItem(config: Config, TableName: string, id: string): Promise<boolean> {
  const { Item } = await new DynamoDBClient(config).send(new GetItemCommand({ TableName, Key: keyOf(id) }));
  return Item !== undefined;
}

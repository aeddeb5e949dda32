import {
  ApiGatewayV2Client,
  GetIntegrationsCommand,
  UpdateApiCommand,
  UpdateIntegrationCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { CloudWatchClient, DisableAlarmActionsCommand, PutDashboardCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DeleteRetentionPolicyCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EventBridgeClient, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  GetPolicyCommand,
  LambdaClient,
  RemovePermissionCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DeletePublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type fixedNames, liveAlias, stackOutputs } from '@soundbite/model';

/** What a person changes by hand in a test's account. */

type Names = ReturnType<typeof fixedNames>;
interface Config {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

const anybody = (Action: string, Resource: string) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action, Resource }] });

/** Changes something of every kind of resource of the service's stack that has settings; returns the logical ids, sorted. */
export async function changeAll(config: Config, names: Names, output: (key: string) => string): Promise<string[]> {
  const changes: Readonly<Record<string, () => Promise<unknown>>> = {
    ...ofData(config, names, output),
    ...ofCompute(config, names, output),
    ...ofWatching(config, names, output),
  };
  for (const change of Object.values(changes)) await change();
  return Object.keys(changes).sort();
}

const accountOf = (output: (key: string) => string) => output(stackOutputs.apiRoleArn).split(':')[4];

function ofData(config: Config, { table: TableName }: Names, output: (key: string) => string) {
  const s3 = new S3Client({ ...config, forcePathStyle: true });
  const sqs = new SQSClient(config);
  const dynamo = new DynamoDBClient(config);
  const Bucket = output(stackOutputs.bucket);
  return {
    Bucket: async () => {
      await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
      const Rules = [{ ID: 'all', Status: 'Enabled' as const, Filter: { Prefix: '' }, Expiration: { Days: 1 } }];
      await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
    },
    BucketPolicy: () =>
      s3.send(new PutBucketPolicyCommand({ Bucket, Policy: anybody('s3:GetObject', `arn:aws:s3:::${Bucket}/*`) })),
    Queue: () =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: output(stackOutputs.queueUrl),
          Attributes: { VisibilityTimeout: '100', RedrivePolicy: '' },
        }),
      ),
    QueuePolicy: () =>
      sqs.send(
        new SetQueueAttributesCommand({
          QueueUrl: output(stackOutputs.queueUrl),
          Attributes: { Policy: anybody('sqs:SendMessage', '*') },
        }),
      ),
    Table: async () => {
      const off = { AttributeName: 'expiresAt', Enabled: false };
      await dynamo.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: off }));
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: false };
      await dynamo.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
      const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
      const GlobalSecondaryIndexUpdates = [{ Update: { IndexName: 'lists', ProvisionedThroughput } }];
      const provisioned = { BillingMode: 'PROVISIONED' as const, ProvisionedThroughput, GlobalSecondaryIndexUpdates };
      await dynamo.send(new UpdateTableCommand({ TableName, ...provisioned }));
    },
  };
}

function ofCompute(config: Config, names: Names, output: (key: string) => string) {
  const lambda = new LambdaClient(config);
  const http = new ApiGatewayV2Client(config);
  const iam = new IAMClient(config);
  const ApiId = output(stackOutputs.apiId);
  return {
    ApiRole: () =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: names.apiRole,
          PolicyName: 'service',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
          }),
        }),
      ),
    HttpApi: () => http.send(new UpdateApiCommand({ ApiId, DisableExecuteApiEndpoint: true })),
    HttpIntegration: async () => {
      const [found] = (await http.send(new GetIntegrationsCommand({ ApiId }))).Items ?? [];
      const IntegrationUri = `arn:aws:lambda:${config.region}:${'0'.repeat(12)}:function:other`;
      await http.send(new UpdateIntegrationCommand({ ApiId, IntegrationId: found?.IntegrationId, IntegrationUri }));
    },
    HttpPermission: async () => {
      const of = { FunctionName: names.apiFunction, Qualifier: liveAlias };
      const { Policy = '{}' } = await lambda.send(new GetPolicyCommand(of));
      // After an API was made anew the emulator keeps the statement of the one before.
      const statements = JSON.parse(Policy).Statement as { readonly Sid: string }[];
      const Sid = statements.find((one) => JSON.stringify(one).includes(ApiId))?.Sid;
      await lambda.send(new RemovePermissionCommand({ ...of, StatementId: Sid }));
      const Principal = 'sns.amazonaws.com';
      await lambda.send(
        new AddPermissionCommand({ ...of, StatementId: Sid, Action: 'lambda:InvokeFunction', Principal }),
      );
    },
    HttpStage: () =>
      http.send(
        new UpdateStageCommand({ ApiId, StageName: '$default', DefaultRouteSettings: { ThrottlingRateLimit: 1 } }),
      ),
    WorkerMapping: () =>
      lambda.send(new UpdateEventSourceMappingCommand({ UUID: output(stackOutputs.workerMappingId), BatchSize: 9 })),
  };
}

function ofWatching(config: Config, names: Names, output: (key: string) => string) {
  const cloudwatch = new CloudWatchClient(config);
  const events = new EventBridgeClient(config);
  const alarm = `${names.alarmPrefix}queue-age`;
  return {
    ApiLogs: () =>
      new CloudWatchLogsClient(config).send(new DeleteRetentionPolicyCommand({ logGroupName: names.apiLogGroup })),
    AlarmTopicPolicy: () =>
      new SNSClient(config).send(
        new SetTopicAttributesCommand({
          TopicArn: `arn:aws:sns:${config.region}:${accountOf(output)}:${names.alarmTopic}`,
          AttributeName: 'Policy',
          AttributeValue: anybody('sns:Publish', '*'),
        }),
      ),
    Dashboard: () =>
      cloudwatch.send(new PutDashboardCommand({ DashboardName: names.dashboard, DashboardBody: '{"widgets":[]}' })),
    QueueAgeAlarm: () => cloudwatch.send(new DisableAlarmActionsCommand({ AlarmNames: [alarm] })),
    SweepRule: async () => {
      await events.send(new DisableRuleCommand({ Name: names.sweepRule }));
      const Targets = [{ Id: 'worker', Arn: `arn:aws:lambda:${config.region}:${accountOf(output)}:function:other` }];
      await events.send(new PutTargetsCommand({ Rule: names.sweepRule, Targets }));
    },
  };
}

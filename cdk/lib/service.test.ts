import { stackOutputs } from '@soundbite/model';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { logRetention } from './observability.ts';
import { allStacks } from './testing-stacks.ts';

const { declared, templates, resources, properties, permissions } = allStacks();

describe('the service on Lambda', () => {
  const deployed = ['dev-aws-deployed', 'staging', 'production'];

  it.each(deployed)('%s: the API role may do this and nothing else', (name) => {
    expect(permissions(name, 'ApiRole')).toEqual([
      'dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem → Table.Arn Table.Arn/index/lists',
      's3:DeleteObject s3:GetObject → Bucket.Arn/audio/* Bucket.Arn/rehearsal/*',
      's3:ListBucket → Bucket.Arn',
      'sqs:GetQueueAttributes sqs:SendMessage → Queue.Arn',
      'sqs:GetQueueAttributes → DeadLetters.Arn',
      `logs:CreateLogStream logs:PutLogEvents → arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/soundbite-${name}-api:*`,
    ]);
  });

  it.each(deployed)('%s: the worker role may do this and nothing else', (name) => {
    expect(permissions(name, 'WorkerRole')).toEqual([
      'dynamodb:ConditionCheckItem dynamodb:DeleteItem dynamodb:GetItem dynamodb:PutItem dynamodb:Query dynamodb:UpdateItem → Table.Arn Table.Arn/index/lists',
      's3:DeleteObject s3:GetObject s3:PutObject → Bucket.Arn/audio/* Bucket.Arn/rehearsal/*',
      's3:ListBucket → Bucket.Arn',
      'sqs:ChangeMessageVisibility sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage sqs:SendMessage → Queue.Arn',
      'sqs:GetQueueAttributes → DeadLetters.Arn',
      'secretsmanager:GetSecretValue → WebhookSecret.Id',
      'polly:SynthesizeSpeech → *',
      `logs:CreateLogStream logs:PutLogEvents → arn:AWS::Partition:logs:AWS::Region:AWS::AccountId:log-group:/aws/lambda/soundbite-${name}-worker:*`,
    ]);
  });

  it('runs one bundle as two functions with the settings of the declaration', () => {
    const { settings } = declared.environments[4] ?? {};
    const environment = {
      SOUNDBITE_ENVIRONMENT: 'production',
      SOUNDBITE_RELEASE: { Ref: 'ReleaseDigest' },
      SOUNDBITE_SETTINGS: JSON.stringify(settings),
      SOUNDBITE_TABLE: { Ref: 'Table' },
      SOUNDBITE_BUCKET: { Ref: 'Bucket' },
      SOUNDBITE_QUEUE_URL: { Ref: 'Queue' },
      SOUNDBITE_DEAD_LETTER_URL: { Ref: 'DeadLetters' },
      SOUNDBITE_WEBHOOK_SECRET_ARN: { 'Fn::GetAtt': ['WebhookSecret', 'Id'] },
    };
    expect(properties('production', 'ApiFunction')).toMatchObject({
      FunctionName: 'soundbite-production-api',
      Handler: 'index.api',
      Runtime: 'nodejs24.x',
      MemorySize: 512,
      Timeout: 15,
      Role: { 'Fn::GetAtt': ['ApiRole', 'Arn'] },
      Environment: { Variables: environment },
    });
    expect(properties('production', 'WorkerFunction')).toMatchObject({
      FunctionName: 'soundbite-production-worker',
      Handler: 'index.worker',
      MemorySize: 1024,
      Timeout: 40,
      Role: { 'Fn::GetAtt': ['WorkerRole', 'Arn'] },
      Environment: { Variables: environment },
    });
    expect(properties('production', 'ApiFunction').Code).toEqual(properties('production', 'WorkerFunction').Code);
  });

  it.each(['Api', 'Worker'])('%s: `live` stands on one static version that is never collected', (id) => {
    expect(resources('staging')[`${id}Version`]).toEqual({
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { FunctionName: { Ref: `${id}Function` } },
    });
    expect(properties('staging', `${id}Alias`)).toEqual({
      Name: 'live',
      FunctionName: { Ref: `${id}Function` },
      FunctionVersion: { 'Fn::GetAtt': [`${id}Version`, 'Version'] },
    });
  });

  it('sends all traffic through the aliases: HTTP, queue and sweep', () => {
    Template.fromJSON(templates.staging ?? {}).resourceCountIs('AWS::ApiGatewayV2::Route', 1);
    expect(properties('staging', 'HttpRoute')).toMatchObject({ RouteKey: '$default', ApiId: { Ref: 'HttpApi' } });
    expect(properties('staging', 'HttpIntegration')).toMatchObject({
      IntegrationUri: { Ref: 'ApiAlias' },
      PayloadFormatVersion: '2.0',
    });
    expect(properties('staging', 'WorkerMapping')).toMatchObject({
      FunctionName: { Ref: 'WorkerAlias' },
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      Enabled: false,
      BatchSize: 2,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 4 },
    });
    expect(properties('staging', 'SweepRule')).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Targets: [{ Arn: { Ref: 'WorkerAlias' }, Input: '{"soundbite":"sweep"}' }],
    });
    for (const id of ['HttpPermission', 'SweepPermission'])
      expect(properties('staging', id).FunctionName).toEqual({
        Ref: id === 'HttpPermission' ? 'ApiAlias' : 'WorkerAlias',
      });
  });

  it('throttles at the declared rate, in the stage too', () => {
    expect(properties('production', 'HttpStage')).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
  });

  it.each(deployed)('%s gives out every output of the contract', (name) => {
    expect(Object.keys(templates[name]?.Outputs ?? {}).sort()).toEqual(Object.values(stackOutputs).sort());
  });

  it('alarms on a slow queue, dead letters, errors, latency and throttling, to one topic', () => {
    const alarms = Object.entries(resources('production')).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
    expect(alarms.map(([, { Properties: alarm }]) => alarm.AlarmName).sort()).toEqual(
      [
        'api-function-errors',
        'api-p95',
        'api-server-errors',
        'api-throttles',
        'dead-letters',
        'queue-age',
        'worker-function-errors',
      ].map((name) => `soundbite/production/${name}`),
    );
    for (const [, { Properties: alarm }] of alarms) {
      expect(alarm.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      expect(alarm.TreatMissingData).toBe('notBreaching');
    }
  });

  it('keeps logs no shorter than soundbites', () => {
    for (const id of ['ApiLogs', 'WorkerLogs', 'AccessLogs']) {
      expect(properties('staging', id).RetentionInDays).toBe(14);
      expect(properties('production', id).RetentionInDays).toBe(90);
    }
    expect([1, 2, 90, 91, 3650].map(logRetention)).toEqual([1, 3, 90, 120, 3653]);
  });
});

import { existsSync } from 'node:fs';
import { awsNames, bootstrapTemplate, stackOutputs } from '@soundbite/model';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contextFrom } from './context.ts';
import { logRetention } from './observability.ts';
import { declaration, type Resource, templateOf, workshop } from './testing.ts';

// nag.test.ts runs CDK's own validation; here it would only take time.
process.env.CDK_VALIDATION = 'false';
const shop = workshop();
afterAll(shop.remove);
const declared = declaration();
const environments = declared.environments.map(({ name }) => name);
const templates: Record<string, Record<string, Record<string, Resource>>> = {};
const assertions: Record<string, Template> = {};

beforeAll(async () => {
  for (const name of environments) {
    templates[name] = templateOf(await shop.app(name), name);
    assertions[name] = Template.fromJSON(templates[name] ?? {});
  }
});

const resources = (name: string) => templates[name]?.Resources ?? {};
const properties = (name: string, id: string) => {
  const found = resources(name)[id];
  if (!found) throw new Error(`${name} has no ${id}; it has ${Object.keys(resources(name)).join(', ')}`);
  return found.Properties;
};
/** `{"Fn::GetAtt":["Table","Arn"]}` → `Table.Arn`, joins → text: what a policy says, in short. */
function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(short);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value);
  if (name === 'Ref') return argument;
  if (name === 'Fn::GetAtt') return (argument as string[]).join('.');
  if (name === 'Fn::Join') return ((argument as [string, unknown[]])[1] ?? []).map(short).join('');
  return value;
}
const permissions = (name: string, role: string) =>
  properties(name, role).Policies[0].PolicyDocument.Statement.map((statement: Record<string, unknown>) =>
    [statement.Action, '→', short(statement.Resource)].flat(3).join(' '),
  );

const data = [
  'Table',
  'Bucket',
  'BucketPolicy',
  'DeadLetters',
  'DeadLettersPolicy',
  'Queue',
  'QueuePolicy',
  'WebhookSecret',
  'ApiRole',
  'WorkerRole',
];
const watching = ['AlarmTopic', 'AlarmTopicPolicy', 'QueueAgeAlarm', 'DeadLettersAlarm', 'Dashboard'];

describe('every stack', () => {
  it('has a file in bin/ for each declared environment', () => {
    for (const name of environments) expect(existsSync(new URL(`../bin/${name}.ts`, import.meta.url))).toBe(true);
  });

  it.each(environments)('%s names no account, no region and no release', (name) => {
    const text = JSON.stringify(templates[name]);
    expect(text).not.toMatch(/(?<![0-9a-f])\d{12}(?![0-9a-f])/);
    expect(text).not.toMatch(/\b(us|eu|ap|sa|ca|me|af|il|mx)-[a-z]+-\d\b/);
    expect(text).not.toMatch(/sha256:[0-9a-f]{64}/);
    for (const { cloud } of declared.environments) {
      expect(text).not.toContain(cloud.account);
      expect(text).not.toContain(cloud.region);
    }
  });

  it.each(environments)('%s takes exactly the two parameters, without defaults', (name) => {
    const { BootstrapVersion: _ours, ...parameters } = templates[name]?.Parameters ?? {};
    expect(parameters).toEqual({
      ReleaseDigest: { Type: 'String', AllowedPattern: '^sha256:[0-9a-f]{64}$', Description: expect.any(String) },
      CloudKind: { Type: 'String', AllowedValues: ['emulated', 'real'], Description: expect.any(String) },
    });
  });

  it.each(environments)('%s records the release, so that its change alone is a change', (name) => {
    expect(properties(name, 'InfrastructureRelease')).toMatchObject({
      Name: `/soundbite/${name}/infrastructure-release`,
      Value: { Ref: 'ReleaseDigest' },
    });
  });

  it.each(environments)('%s tags what it costs with the environment', (name) => {
    const tagged = { Key: 'soundbite:environment', Value: name };
    for (const id of ['Table', 'Bucket', 'Queue', 'WebhookSecret', 'ApiRole']) {
      expect(properties(name, id).Tags).toContainEqual(tagged);
    }
    expect(properties(name, 'Table').Tags).toContainEqual({ Key: 'soundbite:concern', Value: 'data' });
  });

  it.each(environments)('%s keeps the design of the table', (name) => {
    const table = properties(name, 'Table');
    expect(table).toMatchObject({
      TableName: `soundbite-${name}`,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    expect(table.GlobalSecondaryIndexes).toEqual([
      {
        IndexName: 'lists',
        KeySchema: [
          { AttributeName: 'list', KeyType: 'HASH' },
          { AttributeName: 'order', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'ALL' },
      },
    ]);
  });

  it('expires audio after two retentions and rehearsals after a day', () => {
    const rules = properties('staging', 'Bucket').LifecycleConfiguration.Rules;
    expect(rules.map((rule: Record<string, unknown>) => [rule.Prefix, rule.ExpirationInDays])).toEqual([
      ['audio/', 29],
      ['rehearsal/', 1],
      [undefined, undefined],
    ]);
  });

  it.each(environments)(
    '%s lets nobody read the bucket, and nobody without TLS use bucket, queues and topic',
    (name) => {
      expect(properties(name, 'Bucket').PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      for (const id of ['BucketPolicy', 'QueuePolicy', 'DeadLettersPolicy', 'AlarmTopicPolicy']) {
        expect(properties(name, id).PolicyDocument.Statement).toContainEqual(
          expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        );
      }
    },
  );

  it.each(environments)('%s gives a job six times its time before it is tried again, five times in all', (name) => {
    expect(properties(name, 'Queue')).toMatchObject({
      QueueName: `soundbite-${name}-jobs`,
      VisibilityTimeout: 6 * 35,
      SqsManagedSseEnabled: true,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 },
    });
    expect(properties(name, 'DeadLetters')).toMatchObject({
      QueueName: `soundbite-${name}-dead-letters`,
      MessageRetentionPeriod: 14 * 86_400,
    });
  });

  it.each(environments)('%s bounds both roles by what the bootstrap allows', (name) => {
    for (const id of ['ApiRole', 'WorkerRole']) {
      expect(short(properties(name, id).PermissionsBoundary)).toBe(
        `arn:AWS::Partition:iam::AWS::AccountId:policy/soundbite-${name}-boundary`,
      );
    }
  });

  it.each(environments)('%s is deployed through roles of its own', async (name) => {
    const assembly = (await shop.app(name)).synth();
    const { assumeRoleArn, cloudFormationExecutionRoleArn } = assembly.getStackByName(awsNames(name).stack);
    const { qualifier } = awsNames(name);
    expect(assumeRoleArn).toContain(`role/cdk-${qualifier}-deploy-role-`);
    expect(cloudFormationExecutionRoleArn).toContain(`role/cdk-${qualifier}-cfn-exec-role-`);
    // The bootstrap makes the roles under these very names.
    const bootstrap = JSON.stringify(bootstrapTemplate(declared.environments[environments.indexOf(name)] as never));
    for (const role of ['deploy', 'cfn-exec', 'file-publishing', 'lookup'])
      expect(bootstrap).toContain(`cdk-${qualifier}-${role}-role-`);
    expect(bootstrap).toContain(`cdk-${qualifier}-assets-`);
    expect(bootstrap).toContain(`/cdk-bootstrap/${qualifier}/version`);
  });
});

describe('data only', () => {
  it('holds the data, the two roles and what watches the queue, and no service', () => {
    for (const name of ['dev-localstack', 'dev-aws']) {
      expect(Object.keys(resources(name)).sort()).toEqual([...data, ...watching, 'InfrastructureRelease'].sort());
    }
  });

  it('trusts the controller of the environment alone with its roles', () => {
    for (const id of ['ApiRole', 'WorkerRole']) {
      const [statement, ...more] = properties('dev-aws', id).AssumeRolePolicyDocument.Statement;
      expect(more).toEqual([]);
      expect(statement.Action).toBe('sts:AssumeRole');
      expect(short(statement.Principal.AWS)).toBe(
        'arn:AWS::Partition:iam::AWS::AccountId:role/soundbite-dev-aws-controller',
      );
    }
  });

  it('lets no one speak by Polly where Flite speaks', () => {
    expect(JSON.stringify(resources('dev-aws'))).not.toContain('polly');
  });
});

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
    const { service } = declared.environments[4] ?? {};
    const environment = {
      SOUNDBITE_ENVIRONMENT: 'production',
      SOUNDBITE_RELEASE: { Ref: 'ReleaseDigest' },
      SOUNDBITE_SETTINGS: JSON.stringify(service),
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
      Timeout: 35,
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
    assertions.staging?.resourceCountIs('AWS::ApiGatewayV2::Route', 1);
    expect(properties('staging', 'HttpRoute')).toMatchObject({ RouteKey: '$default', ApiId: { Ref: 'HttpApi' } });
    expect(properties('staging', 'HttpIntegration')).toMatchObject({
      IntegrationUri: { Ref: 'ApiAlias' },
      PayloadFormatVersion: '2.0',
    });
    expect(properties('staging', 'WorkerMapping')).toMatchObject({
      FunctionName: { Ref: 'WorkerAlias' },
      EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      Enabled: false,
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 5 },
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

describe('protection', () => {
  const kept = ['Table', 'Bucket', 'Queue', 'DeadLetters', 'WebhookSecret', 'ApiLogs', 'WorkerLogs', 'AccessLogs'];

  it('keeps the data of production when its stack goes, but not of a first create that failed', () => {
    for (const id of kept) expect(resources('production')[id]?.DeletionPolicy).toBe('RetainExceptOnCreate');
    for (const id of kept) expect(resources('staging')[id]?.DeletionPolicy).toBe('Delete');
    expect(properties('production', 'Table').DeletionProtectionEnabled).toBe(true);
    expect(properties('staging', 'Table').DeletionProtectionEnabled).toBe(false);
  });

  it('protects the stack of production from its end, and no other', async () => {
    for (const name of environments) {
      const stack = (await shop.app(name)).synth().getStackByName(awsNames(name).stack);
      expect(stack.terminationProtection).toBe(name === 'production');
    }
  });
});

describe('the cloud', () => {
  const authorizer = '    authorizer: { issuer: "https://id.example", audience: [soundbite] }\n';
  const withAuthorizer = () => declaration((text) => text.replace('    port: 8104\n', `    port: 8104\n${authorizer}`));

  it('stands under one condition with what an emulated account refuses, and nothing else does', async () => {
    const template = templateOf(await shop.app('staging', withAuthorizer()), 'staging');
    expect(template.Conditions).toEqual({ RealCloud: { 'Fn::Equals': [{ Ref: 'CloudKind' }, 'real'] } });
    const conditional = Object.entries(template.Resources ?? {}).filter(([, { Condition }]) => Condition);
    expect(conditional.map(([id, { Condition }]) => `${id} ${Condition}`)).toEqual([
      'Authorizer RealCloud',
      'AnyAlarm RealCloud',
    ]);
  });

  it('asks for a token on a real cloud, when an authorizer is declared', async () => {
    const template = templateOf(await shop.app('staging', withAuthorizer()), 'staging');
    expect(template.Resources?.Authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      JwtConfiguration: { Issuer: 'https://id.example', Audience: ['soundbite'] },
    });
    expect(template.Resources?.HttpRoute?.Properties).toMatchObject({
      AuthorizationType: { 'Fn::If': ['RealCloud', 'JWT', 'NONE'] },
      AuthorizerId: { 'Fn::If': ['RealCloud', { Ref: 'Authorizer' }, { Ref: 'AWS::NoValue' }] },
    });
    expect(resources('staging').Authorizer).toBeUndefined();
  });

  it('does not show in any template: a declaration for other accounts gives the same', async () => {
    const elsewhere = declaration((text) =>
      text.replaceAll('000000000003', '210987654321').replaceAll('region: us-east-1', 'region: eu-central-1'),
    );
    for (const name of environments) {
      expect(templateOf(await shop.app(name, elsewhere), name)).toEqual(templates[name]);
    }
  });
});

describe('a synthesis that cannot be', () => {
  it('names the environment that is not declared', async () => {
    const [first] = declared.environments;
    await expect(shop.app('production', { ...declared, environments: first ? [first] : [] })).rejects.toMatchObject({
      code: 'environment-unknown',
      source: 'user',
      message: 'production is not declared; declared are dev-localstack',
    });
  });

  it('names the runtime that a file in bin/ is not written for', async () => {
    const changed = declaration((text) =>
      text.replace('    runtime: process\n    port: 8102', '    runtime: aws\n    port: 8102'),
    );
    await expect(shop.app('dev-aws', changed)).rejects.toMatchObject({ code: 'runtime-mismatch', source: 'user' });
  });

  it('names the variable that is missing, and the line of a declaration that is wrong', () => {
    expect(() => contextFrom({})).toThrow('SOUNDBITE_DECLARATION is not set');
    const file = new URL('./context.ts', import.meta.url).pathname;
    expect(() => contextFrom({ SOUNDBITE_DECLARATION: file, SOUNDBITE_SERVICE_ZIP: 'x' })).toThrow(/context\.ts:\d+ /);
  });
});

import { describe, expect, it } from 'vitest';
import * as made from './bootstrap-policies.ts';
import type { Statement } from './bootstrap-statements.ts';
import { bootstrapTemplate, oversize, recordedHoldings } from './bootstrap-template.ts';
import type { Environment } from './declaration/shape.ts';
import { fixedNames } from './fixed-stacks.ts';
import { holdingsIn, noHoldings } from './holdings/holdings.ts';
import { awsNames, changeSetName } from './names.ts';
import { includes } from './template-permissions.ts';

interface Resource {
  readonly Type: string;
  readonly DeletionPolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into templates
  readonly Properties: any;
}
/** A stack of many types, all with names that hold the environment's. */
function held(name: string) {
  const names = { ...awsNames(name), ...fixedNames(name) };
  const named = (Type: string, property: string, value: unknown) => ({ Type, Properties: { [property]: value } });
  const actions = ['dynamodb:GetItem', 's3:GetObject', 'sqs:SendMessage', 'secretsmanager:GetSecretValue'];
  const Statement = [...actions, 'ses:*', 'logs:PutLogEvents'].map((Action) => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
  }));
  const role = (RoleName: string) => ({
    Type: 'AWS::IAM::Role',
    Properties: { RoleName, Policies: [{ PolicyName: 'own', PolicyDocument: { Statement } }] },
  });
  const part = (Type: string, Properties: object = {}) => ({ Type, Properties });
  return holdingsIn({
    Resources: {
      Table: named('AWS::DynamoDB::Table', 'TableName', names.table),
      Bucket: named('AWS::S3::Bucket', 'BucketName', { 'Fn::Sub': `${names.bucketPrefix}\${AWS::AccountId}` }),
      Queue: named('AWS::SQS::Queue', 'QueueName', names.queue),
      DeadLetters: named('AWS::SQS::Queue', 'QueueName', names.deadLetterQueue),
      Secret: named('AWS::SecretsManager::Secret', 'Name', names.webhookSecret),
      ApiRole: role(names.apiRole),
      WorkerRole: role(names.workerRole),
      Api: named('AWS::Lambda::Function', 'FunctionName', names.apiFunction),
      Worker: named('AWS::Lambda::Function', 'FunctionName', names.workerFunction),
      Alias: part('AWS::Lambda::Alias', { FunctionName: { Ref: 'Worker' } }),
      Mapping: part('AWS::Lambda::EventSourceMapping', { FunctionName: { Ref: 'Alias' } }),
      Access: named('AWS::Logs::LogGroup', 'LogGroupName', names.accessLogGroup),
      HttpApi: part('AWS::ApiGatewayV2::Api'),
      Stage: part('AWS::ApiGatewayV2::Stage'),
      Rule: named('AWS::Events::Rule', 'Name', names.sweepRule),
      Topic: named('AWS::SNS::Topic', 'TopicName', names.alarmTopic),
      Alarm: named('AWS::CloudWatch::Alarm', 'AlarmName', `${names.alarmPrefix}any`),
      Dashboard: named('AWS::CloudWatch::Dashboard', 'DashboardName', names.dashboard),
      Record: named('AWS::SSM::Parameter', 'Name', names.infrastructureParameter),
    },
  });
}

const controllerPolicy = (name: string) => made.controllerPolicy(name, held(name));
const deployPolicy = (name: string) => made.deployPolicy(name, held(name));
const lookupPolicy = (name: string) => made.lookupPolicy(name, held(name));
const serviceBoundary = (name: string) => made.serviceBoundary(name, held(name));
const { operatorsBoundary, publishingPolicy } = made;
/** All parts of it, as one. */
const executionPolicy = (name: string) => ({
  Statement: made.executionPolicies(name, held(name)).flatMap(({ document }) => document.Statement),
});

const resourcesOf = (name: string, isProtected = false) =>
  (
    bootstrapTemplate({ name, protected: isProtected } as Environment, held(name)) as {
      readonly Resources: Readonly<Record<string, Resource>>;
    }
  ).Resources;

/** A policy as it stands in an account. */
const inAccount = (value: unknown, { partition = 'aws', region = 'ap-southeast-1' } = {}): unknown =>
  JSON.parse(
    JSON.stringify(value, (_key, part) =>
      part && typeof part === 'object' && 'Fn::Sub' in part ? part['Fn::Sub'] : part,
    )
      .replaceAll(`\${AWS::Partition}`, partition)
      .replaceAll(`\${AWS::AccountId}`, '123456789012')
      .replaceAll(`\${AWS::Region}`, region),
  );
const statementsOf = (policy: unknown) => (inAccount(policy) as { readonly Statement: readonly Statement[] }).Statement;

/** Whether a role with this policy under this boundary may do an action to a resource, were all conditions met. */
const mayBy = (policy: unknown, boundary: unknown) => (action: string, resource: string) =>
  [policy, boundary].every((one) =>
    statementsOf(one).some(
      ({ Effect, Action, NotAction, Resource }) =>
        Effect === 'Allow' &&
        (Action ? Action.some((pattern) => includes(pattern, action)) : !NotAction?.some((p) => includes(p, action))) &&
        Resource.some((pattern) => includes(String(pattern), resource)),
    ),
  );
const policies = { controllerPolicy, deployPolicy, executionPolicy, lookupPolicy, publishingPolicy, serviceBoundary };
const longest = `a${'-longest'.repeat(3)}-names`.padEnd(31, 'x');

describe('the bootstrap template', () => {
  it('holds everything under the names of the environment', () => {
    const names = awsNames('staging');
    const { FenceTable, ControllerRole, ServiceBoundary, ExecutionPolicy, ExecutionRole } = resourcesOf('staging');
    expect(FenceTable?.Properties).toMatchObject({
      TableName: names.fenceTable,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    });
    expect(ControllerRole?.Properties.RoleName).toBe(names.controllerRole);
    expect(ServiceBoundary?.Properties.ManagedPolicyName).toBe(names.permissionsBoundary);
    expect(ExecutionPolicy?.Properties.ManagedPolicyName).toBe(names.executionPolicy);
    expect(ExecutionRole?.Properties.ManagedPolicyArns).toEqual([{ Ref: 'ExecutionPolicy' }]);
  });

  it('bounds every role that it makes', () => {
    const roles = Object.entries(resourcesOf('staging')).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles.map(([id]) => id).sort()).toEqual([
      'ControllerRole',
      'DeployRole',
      'ExecutionRole',
      'FilePublishingRole',
      'LookupRole',
    ]);
    for (const [, { Properties }] of roles) {
      expect(Properties.PermissionsBoundary).toEqual({ Ref: 'OperatorsBoundary' });
    }
  });

  it("lets only the controller act by CDK's roles, and only CloudFormation as the execution role", () => {
    const trusted = (id: string) =>
      resourcesOf('staging')[id]?.Properties.AssumeRolePolicyDocument.Statement.map(
        ({ Principal }: { Principal: unknown }) => Principal,
      );
    for (const id of ['DeployRole', 'FilePublishingRole', 'LookupRole'])
      expect(trusted(id)).toEqual([{ AWS: { 'Fn::GetAtt': ['ControllerRole', 'Arn'] } }]);
    expect(trusted('ExecutionRole')).toEqual([{ Service: 'cloudformation.amazonaws.com' }]);
    expect(inAccount(trusted('ControllerRole'))).toEqual([{ AWS: 'arn:aws:iam::123456789012:root' }]);
  });

  it('keeps the fence of a protected environment, and of no other', () => {
    expect(resourcesOf('production', true).FenceTable?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(resourcesOf('staging').FenceTable?.DeletionPolicy).toBe('Delete');
  });

  it.each([
    { partition: 'aws', region: 'ap-southeast-1' },
    { partition: 'aws-cn', region: 'cn-northwest-1' },
    { partition: 'aws-us-gov', region: 'us-gov-west-1' },
  ])('fits into what IAM takes, for the longest name, in $region', (place) => {
    expect(oversize(longest, held(longest))).toBeNull();
    for (const { document } of made.executionPolicies(longest, held(longest)))
      expect(JSON.stringify(inAccount(document, place)).length).toBeLessThanOrEqual(6144);
    for (const make of [serviceBoundary, operatorsBoundary])
      expect(JSON.stringify(inAccount(make(longest), place)).length).toBeLessThanOrEqual(6144);
    for (const make of [controllerPolicy, deployPolicy, lookupPolicy, publishingPolicy])
      expect(JSON.stringify(inAccount(make(longest), place)).length).toBeLessThanOrEqual(10_240);
  });

  it('records what it allows, and says by an output that this changed', () => {
    const template = bootstrapTemplate({ name: 'staging', protected: false }, held('staging'));
    expect(recordedHoldings(template)).toEqual(held('staging'));
    expect(recordedHoldings(JSON.parse(JSON.stringify(template)))).toEqual(held('staging'));
    // One that an earlier SoundBite made recorded nothing.
    expect(recordedHoldings({ Resources: {} })).toBeNull();
    const digest = (holdings = noHoldings) =>
      (bootstrapTemplate({ name: 'staging', protected: false }, holdings) as { Outputs: Record<string, object> })
        .Outputs.HoldingsDigest;
    expect(digest()).not.toEqual(digest({ ...noHoldings, types: ['AWS::Lambda::Url'] }));
  });

  it('splits what CloudFormation may do when it does not fit into one policy, and says when nothing helps', () => {
    const many = (count: number, Type: string) =>
      holdingsIn({
        Resources: Object.fromEntries(
          Array.from({ length: count }, (_, at) => [`HandlerOfSomething${at}F00D1234`, { Type, Properties: {} }]),
        ),
      });
    const functions = many(60, 'AWS::Lambda::Function');
    expect(made.executionPolicies('staging', functions).map(({ name }) => name)).toEqual([
      'soundbite-staging-execution',
      'soundbite-staging-execution-2',
    ]);
    expect(JSON.stringify(bootstrapTemplate({ name: 'staging', protected: false }, functions))).toContain(
      'ExecutionPolicy2',
    );
    expect(oversize('staging', many(120, 'AWS::SNS::Topic'))).toMatch(/characters, and AWS takes 10240$/);
  });

  it('carries fifteen functions with names and roles of their own: what does not fit into the controller’s role stands beside it', () => {
    const pairs = Array.from({ length: 15 }, (_, at) => [
      [
        `Handler${at}`,
        { Type: 'AWS::Lambda::Function', Properties: { FunctionName: `soundbite-staging-handler-${at}` } },
      ],
      [`Role${at}`, { Type: 'AWS::IAM::Role', Properties: { RoleName: `soundbite-staging-handler-${at}` } }],
    ]);
    const fifteen = holdingsIn({ Resources: Object.fromEntries(pairs.flat()) });
    expect(oversize('staging', fifteen)).toBeNull();
    const { Resources } = bootstrapTemplate({ name: 'staging', protected: false }, fifteen) as {
      Resources: Record<string, Resource>;
    };
    const { Policies, ManagedPolicyArns } = Resources.ControllerRole?.Properties ?? {};
    expect([Policies, ManagedPolicyArns]).toEqual([
      undefined,
      ['ControllerPolicy1', 'ControllerPolicy2', 'ControllerPolicy3'].map((Ref) => ({ Ref })),
    ]);
    const parts = ManagedPolicyArns.flatMap(({ Ref }: { Ref: string }) =>
      statementsOf(Resources[Ref]?.Properties.PolicyDocument),
    );
    expect(parts.length).toBeGreaterThanOrEqual(statementsOf(made.controllerPolicy('staging', fifteen)).length);
    expect(JSON.stringify(Resources.LookupRole)).toContain('policy/soundbite-staging-controller-3');
  });

  it('gives a stack that holds nothing, or whose roles do nothing, nothing', () => {
    expect(made.serviceBoundary('staging', noHoldings).Statement).toEqual([
      { Effect: 'Deny', Action: ['iam:*'], Resource: ['*'] },
    ]);
    expect(JSON.stringify(made.executionPolicies('staging', noHoldings))).not.toMatch(/lambda|dynamodb|iam:/);
  });

  it('has a bucket and a qualifier of a length that AWS takes, for the longest name', () => {
    const { AssetsBucket } = resourcesOf(longest);
    expect(String(inAccount(AssetsBucket?.Properties.BucketName)).length).toBeLessThanOrEqual(63);
    expect(awsNames(longest).qualifier).toHaveLength(10);
  });
});

describe('its policies', () => {
  it('give actions on everything only where AWS knows no resource, or a condition names it', () => {
    const open = Object.entries(policies).flatMap(([name, make]) =>
      statementsOf(make('staging'))
        .filter(({ Resource, Condition }) => Resource.includes('*') && !Condition)
        .flatMap(({ Action }) => (Action ?? []).map((action) => `${name} ${action}`)),
    );
    expect(open.sort()).toEqual([
      'controllerPolicy cloudwatch:DescribeAlarms',
      'controllerPolicy cloudwatch:GetMetricData',
      'controllerPolicy cloudwatch:GetMetricStatistics',
      'controllerPolicy lambda:GetAccountSettings',
      'controllerPolicy lambda:ListEventSourceMappings',
      'deployPolicy cloudformation:GetTemplateSummary',
      'deployPolicy cloudformation:ValidateTemplate',
      'executionPolicy logs:*LogDelivery',
      'executionPolicy logs:DescribeLogGroups',
      'executionPolicy logs:DescribeResourcePolicies',
      'executionPolicy logs:ListLogDeliveries',
      'executionPolicy logs:PutResourcePolicy',
      'executionPolicy secretsmanager:GetRandomPassword',
      'lookupPolicy cloudformation:DescribeStackDriftDetectionStatus',
      'lookupPolicy cloudformation:GetTemplateSummary',
      'lookupPolicy cloudformation:ValidateTemplate',
      'lookupPolicy cloudwatch:DescribeAlarms',
      'lookupPolicy cloudwatch:GetDashboard',
      'lookupPolicy events:DescribeRule',
      'lookupPolicy events:ListTargetsByRule',
      'lookupPolicy lambda:ListEventSourceMappings',
      'lookupPolicy logs:DescribeLogGroups',
      'serviceBoundary ses:SendEmail',
      'serviceBoundary ses:SendRawEmail',
    ]);
  });

  it('let CloudFormation read none of the data', () => {
    const granted = statementsOf(executionPolicy('staging'));
    const may = (action: string, resource: string) =>
      granted.some(
        ({ Action, Resource }) =>
          Action?.some((pattern) => includes(pattern, action)) &&
          Resource.some((pattern) => includes(String(pattern), resource)),
      );
    const arn = (service: string, name: string) => `arn:aws:${service}:ap-southeast-1:123456789012:${name}`;
    expect(may('dynamodb:CreateTable', arn('dynamodb', 'table/soundbite-staging'))).toBe(true);
    expect(may('dynamodb:GetItem', arn('dynamodb', 'table/soundbite-staging'))).toBe(false);
    expect(may('s3:PutBucketPolicy', 'arn:aws:s3:::soundbite-staging-123456789012')).toBe(true);
    expect(may('s3:GetObject', 'arn:aws:s3:::soundbite-staging-123456789012/bills/x')).toBe(false);
    expect(may('sqs:ReceiveMessage', arn('sqs', 'soundbite-staging-jobs'))).toBe(false);
    expect(may('secretsmanager:GetSecretValue', arn('secretsmanager', 'secret:soundbite-staging-webhook-abcdef'))).toBe(
      false,
    );
  });

  it('write a service role only with its boundary on it, and pass it to Lambda alone', () => {
    const writing = statementsOf(executionPolicy('staging')).filter(({ Action }) =>
      Action?.some((action) => ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy'].includes(action)),
    );
    expect(writing.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::123456789012:policy/soundbite-staging-boundary' } },
    ]);
    const passing = statementsOf(executionPolicy('staging')).filter(({ Action }) => Action?.includes('iam:PassRole'));
    expect(passing.map(({ Condition }) => Condition)).toEqual([
      { StringEquals: { 'iam:PassedToService': 'lambda.amazonaws.com' } },
    ]);
  });

  it('are exactly what the calls of a deployment need', () => {
    const { stack, toolkitStack, fenceTable, qualifier } = awsNames('staging');
    const at = 'ap-southeast-1:123456789012';
    // A stack that is not there yet is asked for, and made, under its name alone.
    const stacks = [`arn:aws:cloudformation:${at}:stack/${stack}/*`, `arn:aws:cloudformation:${at}:stack/${stack}/1-2`];
    const others = [`arn:aws:cloudformation:${at}:stack/${stack}-2/1`, `arn:aws:cloudformation:${at}:stack/other/*`];
    const toolkit = `arn:aws:cloudformation:${at}:stack/${toolkitStack}/1`;
    const changeSet = `arn:aws:cloudformation:${at}:changeSet/${changeSetName('staging', '7-0a1b2c3d')}/1-2`;
    const otherChangeSet = `arn:aws:cloudformation:${at}:changeSet/${changeSetName('production', '7-0a1b2c3d')}/1-2`;
    const bucket = `arn:aws:s3:::cdk-${qualifier}-assets-123456789012-ap-southeast-1`;
    const role = (name: string) =>
      `arn:aws:iam::123456789012:role/cdk-${qualifier}-${name}-role-123456789012-ap-southeast-1`;
    const version = `arn:aws:ssm:${at}:parameter/cdk-bootstrap/${qualifier}/version`;
    const changing = [
      'CreateChangeSet',
      'ExecuteChangeSet',
      'DeleteChangeSet',
      'DeleteStack',
      'UpdateTerminationProtection',
    ];
    const looking = ['DescribeStacks', 'DescribeStackEvents', 'DescribeChangeSet', 'GetTemplate'];
    const cloudformation = (names: readonly string[]) => names.map((name) => `cloudformation:${name}`);

    const deploys = mayBy(deployPolicy('staging'), operatorsBoundary('staging'));
    for (const action of cloudformation([...changing, ...looking])) {
      for (const resource of stacks) expect([action, deploys(action, resource)]).toEqual([action, true]);
      for (const resource of others) expect([action, deploys(action, resource)]).toEqual([action, false]);
    }
    // What early validation found is asked of the change set, by its own ARN.
    expect(deploys('cloudformation:DescribeEvents', changeSet)).toBe(true);
    expect(deploys('cloudformation:DescribeEvents', otherChangeSet)).toBe(false);
    // CloudFormation reads the template and the template's parameters as whoever asks, and acts as the execution role.
    expect(deploys('s3:GetObject', `${bucket}/template.json`)).toBe(true);
    expect(deploys('ssm:GetParameters', version)).toBe(true);
    expect(deploys('iam:PassRole', role('cfn-exec'))).toBe(true);
    expect(deploys('iam:PassRole', role('deploy'))).toBe(false);
    expect(deploys('s3:PutObject', `${bucket}/template.json`)).toBe(false);

    const publishes = mayBy(publishingPolicy('staging'), operatorsBoundary('staging'));
    // Without ListBucket an object that is missing is said to be forbidden.
    expect(publishes('s3:ListBucket', bucket)).toBe(true);
    for (const action of ['s3:GetObject', 's3:PutObject'])
      expect(publishes(action, `${bucket}/template.json`)).toBe(true);
    for (const action of ['s3:DeleteObject', 's3:GetObject'])
      expect(publishes(action, 'arn:aws:s3:::soundbite-staging-123456789012/bills')).toBe(false);

    const controls = mayBy(controllerPolicy('staging'), operatorsBoundary('staging'));
    for (const action of cloudformation(['DescribeStacks', 'GetTemplate']))
      for (const resource of [...stacks, toolkit]) expect(controls(action, resource)).toBe(true);
    for (const name of ['deploy', 'file-publishing']) expect(controls('sts:AssumeRole', role(name))).toBe(true);
    expect(controls('sts:AssumeRole', role('cfn-exec'))).toBe(false);
    for (const action of ['dynamodb:GetItem', 'dynamodb:UpdateItem'])
      expect(controls(action, `arn:aws:dynamodb:${at}:table/${fenceTable}`)).toBe(true);
    // It changes a stack as the deploy role or not at all.
    for (const action of cloudformation(changing))
      expect([action, controls(action, `${stacks[1]}`)]).toEqual([action, false]);
  });

  it('let the controller delete versions, never a function', () => {
    const [statement] = statementsOf(controllerPolicy('staging')).filter(({ Action }) =>
      Action?.includes('lambda:DeleteFunction'),
    );
    expect(statement?.Resource).toEqual([
      'arn:aws:lambda:ap-southeast-1:123456789012:function:soundbite-staging-api:*',
      'arn:aws:lambda:ap-southeast-1:123456789012:function:soundbite-staging-worker:*',
    ]);
  });

  it.each([
    ['dev-aws', 'dev-aws-deployed'],
    ['dev', 'dev-worker-2'],
    ['dev', 'dev-api'],
    ['api', 'api-webhook'],
  ])('of %s reach nothing of %s in the same account, though the name begins alike', (one, other) => {
    /** What a statement is about: its resources, and the functions that its condition names. */
    const named = (name: string) =>
      Object.values(policies)
        .flatMap((make) => statementsOf(make(name)))
        .flatMap(({ Resource, Condition }) => [...Resource.map(String), ...functionsOf(Condition)])
        .filter((resource) => /soundbite|cdk-/.test(resource));
    const foreign = named(other).map((resource) => resource.replaceAll('??????', 'abcdef').replace(/\*$/, 'x'));
    const reached = named(one).flatMap((pattern) => foreign.filter((resource) => includes(pattern, resource)));
    expect(reached).toEqual([]);
    expect(foreign.length).toBeGreaterThan(30);
  });

  it("let the worker's mapping be changed by whichever of its names it has: function, version, alias", () => {
    const worker = 'arn:aws:lambda:ap-southeast-1:123456789012:function:soundbite-staging-worker';
    for (const make of [controllerPolicy, executionPolicy]) {
      const patterns = statementsOf(make('staging')).flatMap(({ Condition }) => functionsOf(Condition));
      for (const name of [worker, `${worker}:live`, `${worker}:7`])
        expect(patterns.some((pattern) => includes(pattern, name))).toBe(true);
    }
  });
});

const functionsOf = (condition: unknown): readonly string[] =>
  [
    (condition as { readonly StringLike?: Record<string, unknown> } | undefined)?.StringLike?.['lambda:FunctionArn'] ??
      [],
  ]
    .flat()
    .map(String);

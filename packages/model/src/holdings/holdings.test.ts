import { describe, expect, it } from 'vitest';
import { executionPolicies, serviceBoundary } from '../bootstrap-policies.ts';
import { bootstrapTemplate } from '../bootstrap-template.ts';
import { awsNames } from '../names.ts';
import { includes } from '../template-permissions.ts';
import { allowedTypes } from './allowed-types.ts';
import { beyond, type Holdings, holdingLines, holdingsIn, noHoldings, readHoldings, united } from './holdings.ts';
import { unmanageable } from './unmanageable.ts';

const ref = (id: string) => ({ Ref: id });
const basic = {
  'Fn::Join': ['', ['arn:', ref('AWS::Partition'), ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole']],
};

/** As `cdk synth` gives a Python function with a role of its own, a table that it reads, and an HTTP API. */
const foreign = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', Properties: { KeySchema: [] } },
    HandlerRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
        },
        ManagedPolicyArns: [basic],
      },
    },
    HandlerPolicy: {
      Type: 'AWS::IAM::Policy',
      Properties: {
        Roles: [ref('HandlerRole')],
        PolicyDocument: {
          Statement: [{ Effect: 'Allow', Action: ['dynamodb:Query', 'dynamodb:DescribeTable'], Resource: '*' }],
        },
      },
    },
    Handler: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13' } },
    Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: ref('Handler') } },
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { FunctionName: ref('Alias') } },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'orders' } },
    Logs: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: { 'Fn::Join': ['', ['/aws/lambda/', ref('Handler')]] } },
    },
  },
};

describe('what a stack holds', () => {
  const held = holdingsIn(foreign);

  it('is its types, its resources by name, and what its roles use, in one order', () => {
    expect(held.types).toEqual([...held.types].sort());
    expect(held.resources).toEqual([
      { type: 'AWS::DynamoDB::Table', id: 'Table', name: null },
      { type: 'AWS::IAM::Role', id: 'HandlerRole', name: null },
      { type: 'AWS::Lambda::EventSourceMapping', id: 'Mapping', name: null, of: 'Handler' },
      { type: 'AWS::Lambda::Function', id: 'Handler', name: null },
      { type: 'AWS::Logs::LogGroup', id: 'Logs', name: `/aws/lambda/\${Handler}` },
    ]);
    expect(held.uses).toContain('dynamodb:DescribeTable');
    // A grant is given whole, and what no role states is not given.
    expect(held.uses).toContain('dynamodb:PutItem');
    expect(held.uses.filter((use) => use.startsWith('logs:'))).toEqual([
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    expect(held.uses).not.toContain('lambda:InvokeFunction');
  });

  it('is the same whatever the order of its template, and as it was recorded', () => {
    const turned = { Resources: Object.fromEntries(Object.entries(foreign.Resources).reverse()) };
    expect(holdingsIn(turned)).toEqual(held);
    expect(readHoldings(JSON.parse(JSON.stringify(held)))).toEqual(held);
    expect(readHoldings({ types: 'all' })).toBeNull();
  });

  it('lacks nothing of less, and each new type, name and use of more, by its words', () => {
    expect(beyond(held, noHoldings)).toBeNull();
    expect(beyond(united(held, noHoldings), held)).toBeNull();
    const more = holdingsIn({
      Resources: {
        ...foreign.Resources,
        Retries: { Type: 'AWS::Lambda::EventInvokeConfig', Properties: {} },
        Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'orders' } },
        Files: { Type: 'AWS::S3::Bucket', Properties: {} },
      },
    });
    expect(holdingLines(beyond(held, more) as Holdings)).toEqual([
      'AWS::DynamoDB::Table Table (orders)',
      'AWS::S3::Bucket Files (named by CloudFormation)',
      'AWS::Lambda::EventInvokeConfig',
    ]);
  });

  it('lets CloudFormation and the roles do what it needs, and nothing in another environment', () => {
    const execution = executionPolicies('dev', held).flatMap(({ document }) => document.Statement);
    const may = (statements: typeof execution, action: string, resource: string) =>
      statements.some(
        ({ Effect, Action, Resource }) =>
          Effect === 'Allow' &&
          Action?.some((pattern) => includes(pattern, action)) &&
          Resource.some((arn) => includes(String((arn as { 'Fn::Sub'?: string })['Fn::Sub'] ?? arn), resource)),
      );
    const at = (service: string, resource: string) =>
      `arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
    const role = (name: string) => `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${name}`;
    for (const stack of ['soundbite-dev', 'soundbite-dev-aws']) {
      const isOurs = stack === 'soundbite-dev';
      const made = (id: string) => `${stack}-${id}-0A1B2C3D4E5F`;
      expect(may(execution, 'lambda:CreateFunction', at('lambda', `function:${made('Handler')}`))).toBe(isOurs);
      expect(may(execution, 'dynamodb:CreateTable', at('dynamodb', `table/${made('Table')}`))).toBe(isOurs);
      expect(may(execution, 'iam:CreateRole', role(made('HandlerRole')))).toBe(isOurs);
      expect(may(execution, 'logs:CreateLogGroup', at('logs', `log-group:/aws/lambda/${made('Handler')}`))).toBe(
        isOurs,
      );
      const boundary = serviceBoundary('dev', held).Statement as typeof execution;
      expect(may(boundary, 'dynamodb:Query', at('dynamodb', `table/${made('Table')}`))).toBe(isOurs);
      expect(may(boundary, 'logs:PutLogEvents', at('logs', `log-group:/aws/lambda/${made('Handler')}:*`))).toBe(isOurs);
    }
    // Of what the stack does not hold nothing is managed at all.
    expect(JSON.stringify(execution)).not.toMatch(/sqs:|s3:::soundbite|secretsmanager|scheduler/);
    expect(bootstrapTemplate({ name: 'dev', protected: false }, held)).toBeTruthy();
  });

  it('passes roles to a scheduler or to CodeDeploy only where there is one', () => {
    const passed = (more: object) =>
      JSON.stringify(executionPolicies('dev', holdingsIn({ Resources: { ...foreign.Resources, ...more } }))).match(
        /"iam:PassedToService":[^}]*/,
      )?.[0];
    expect(passed({})).toBe('"iam:PassedToService":"lambda.amazonaws.com"');
    expect(passed({ Nightly: { Type: 'AWS::Scheduler::Schedule', Properties: {} } })).toBe(
      '"iam:PassedToService":["lambda.amazonaws.com","scheduler.amazonaws.com"]',
    );
    expect(passed({ Group: { Type: 'AWS::CodeDeploy::DeploymentGroup', Properties: {} } })).toBe(
      '"iam:PassedToService":["lambda.amazonaws.com","codedeploy.amazonaws.com"]',
    );
  });
});

describe('what no bootstrap allows', () => {
  const told = (Resources: object) => unmanageable({ Resources }, 'dev').map(({ id, message }) => [id, message]);
  const one = (Type: string, Properties: object = {}) => told({ One: { Type, Properties } });

  it('is nothing of a template whose types are in the table', () => {
    expect(unmanageable(foreign, 'dev')).toEqual([]);
  });

  it('is a type that is not in the table, once however often', () => {
    const user = { Type: 'AWS::IAM::User', Properties: {} };
    expect(told({ A: user, B: user })).toEqual([
      ['A', 'AWS::IAM::User (2 times) is no type of resource that a service may hold here'],
    ]);
    for (const type of ['AWS::IAM::ManagedPolicy', 'AWS::ApiGateway::Account', 'AWS::KMS::Key', 'AWS::EC2::VPC'])
      expect([type, type in allowedTypes, one(type).length]).toEqual([type, false, 1]);
  });

  it('is what a RestApi of the CDK brings unasked, with the property that leaves it out', () => {
    const [found] = unmanageable({ Resources: { Account: { Type: 'AWS::ApiGateway::Account' } } }, 'dev');
    expect(found?.hint).toContain('cloudWatchRole: false');
  });

  it('is a name that tells nobody whose it is, that is known too late, or that is the bootstrap’s own', () => {
    expect(one('AWS::SecretsManager::Secret')[0]?.[1]).toContain('does not say whose it is');
    const { fenceTable, controllerRole, qualifier } = awsNames('dev');
    for (const TableName of [{ Ref: 'Elsewhere' }, 'soundbite-*', fenceTable, `cdk-${qualifier}-x`])
      expect([TableName, one('AWS::DynamoDB::Table', { TableName }).length]).toEqual([TableName, 1]);
    expect(one('AWS::IAM::Role', { RoleName: controllerRole })[0]?.[1]).toContain('belongs to the bootstrap');
    expect(one('AWS::DynamoDB::Table', { TableName: { 'Fn::Sub': `orders-\${AWS::Region}` } })).toEqual([]);
  });

  it('is a service that a role may not use here', () => {
    const PolicyDocument = { Statement: [{ Effect: 'Allow', Action: ['kms:Decrypt', 'xray:Put*'], Resource: '*' }] };
    const role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyName: 'a', PolicyDocument }] } };
    expect(told({ Role: role })).toEqual([[null, expect.stringContaining('kms:…')]]);
  });
});

import { describe, expect, it } from 'vitest';
import { readTemplate } from '../template.ts';
import type { AssemblyStack } from './assembly.ts';
import { inspect } from './inspect.ts';
import { Inspection } from './inspection.ts';
import { triggerKinds } from './trigger-kinds.ts';

const lambda = { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'python3.13', Code: {} } };
const arn = { 'Fn::GetAtt': ['Fn', 'Arn'] };

const stackOf = (Resources: object, more: Partial<AssemblyStack> & { Outputs?: object } = {}): AssemblyStack => {
  const { Outputs, ...rest } = more;
  return {
    name: 'Stack',
    file: 'cdk.out/Stack.template.json',
    account: null,
    region: null,
    template: readTemplate({ Resources, Outputs }),
    places: new Map(),
    codeBytes: new Map(),
    ...rest,
  };
};

const inspected = (...stacks: AssemblyStack[]) => Inspection.parse(inspect({ stacks, lookups: [] }));

/** The triggers that are found of one function beside one resource. */
function triggersWith(Type: string, Properties: object, more: object = {}) {
  const { functions } = inspected(stackOf({ Fn: lambda, ...more, Caller: { Type, Properties } }));
  return functions[0]?.triggers.map(({ kind, verdict, calls }) => ({ kind, verdict, calls }));
}

const from = (EventSourceArn: unknown) => ({ EventSourceArn, FunctionName: { Ref: 'Fn' } });
const invocation = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
  'Fn::Sub': 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
};

describe('what calls a function', () => {
  it.each([
    ['AWS::ApiGatewayV2::Integration', { ApiId: { Ref: 'Api' }, IntegrationUri: arn }, 'http-api'],
    [
      'AWS::ApiGateway::Method',
      { RestApiId: { Ref: 'Api' }, Integration: { Type: 'AWS_PROXY', Uri: invocation } },
      'rest-api',
    ],
    ['AWS::Lambda::Url', { TargetFunctionArn: arn, AuthType: 'NONE' }, 'function-url'],
    ['AWS::Lambda::EventSourceMapping', from('arn:aws:sqs:eu-central-1:111122223333:q'), 'sqs'],
    ['AWS::Lambda::EventSourceMapping', from('arn:aws:dynamodb:eu-central-1:1:table/t/stream/s'), 'dynamodb-stream'],
    ['AWS::Lambda::EventSourceMapping', from('arn:aws:kinesis:eu-central-1:1:stream/s'), 'kinesis'],
    ['AWS::Lambda::EventSourceMapping', from('arn:aws:kafka:eu-central-1:1:cluster/c'), 'kafka'],
    [
      'AWS::Lambda::EventSourceMapping',
      { FunctionName: arn, SelfManagedEventSource: { Endpoints: { KafkaBootstrapServers: ['b'] } } },
      'kafka',
    ],
    ['AWS::Lambda::EventSourceMapping', from('arn:aws:mq:eu-central-1:1:broker:b'), 'event-source'],
    ['AWS::Events::Rule', { EventPattern: {}, Targets: [{ Arn: arn }] }, 'eventbridge'],
    ['AWS::Events::Rule', { ScheduleExpression: 'rate(1 day)', Targets: [{ Arn: arn }] }, 'schedule'],
    ['AWS::Scheduler::Schedule', { Target: { Arn: arn } }, 'scheduler'],
    ['AWS::SNS::Subscription', { Protocol: 'lambda', Endpoint: arn }, 'sns'],
    ['AWS::S3::Bucket', { NotificationConfiguration: { LambdaConfigurations: [{ Function: arn }] } }, 's3'],
    [
      'AWS::StepFunctions::StateMachine',
      { DefinitionString: { 'Fn::Join': ['', ['{"Resource":"', arn]] } },
      'state-machine',
    ],
    ['AWS::Cognito::UserPool', { LambdaConfig: { PreSignUp: arn } }, 'cognito'],
    ['AWS::ApiGatewayV2::Authorizer', { AuthorizerUri: invocation }, 'authorizer'],
    ['AWS::Logs::SubscriptionFilter', { DestinationArn: arn }, 'logs'],
    ['AWS::IoT::TopicRule', { TopicRulePayload: { Actions: [{ Lambda: { FunctionArn: arn } }] } }, 'other'],
  ] as const)('%s %j is of the kind %s', (type, properties, kind) => {
    const { verdict } = triggerKinds[kind];
    expect(triggersWith(type, properties)).toEqual([{ kind, verdict, calls: 'the function' }]);
  });

  it.each([
    ['AWS::Lambda::Permission', { FunctionName: arn }],
    ['AWS::IAM::Policy', { PolicyDocument: { Statement: [{ Resource: arn }] } }],
    ['AWS::CloudWatch::Alarm', { Dimensions: [{ Name: 'FunctionName', Value: { Ref: 'Fn' } }] }],
    ['AWS::Lambda::EventInvokeConfig', { FunctionName: { Ref: 'Fn' }, Qualifier: '$LATEST' }],
  ])('is not %s, which names it', (type, properties) => {
    expect(triggersWith(type, properties)).toEqual([]);
  });

  it('through its alias follows that alias', () => {
    const Alias = { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'prod' } };
    expect(triggersWith('AWS::SNS::Subscription', { Endpoint: { Ref: 'Alias' } }, { Alias })).toEqual([
      { kind: 'sns', verdict: 'stays', calls: 'alias prod' },
    ]);
  });

  it('in every region is a version, and cannot follow an alias', () => {
    const Version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } };
    const association = { LambdaFunctionAssociations: [{ LambdaFunctionARN: { Ref: 'Version' } }] };
    const distribution = { DistributionConfig: { DefaultCacheBehavior: association } };
    expect(triggersWith('AWS::CloudFront::Distribution', distribution, { Version })).toEqual([
      { kind: 'edge', verdict: 'refused', calls: 'a version' },
    ]);
  });

  it('from another stack is found by the export', () => {
    const Outputs = { Out: { Value: { 'Fn::GetAtt': 'Fn.Arn' }, Export: { Name: 'Stack:Fn' } } };
    const other = stackOf(
      { Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: { 'Fn::ImportValue': 'Stack:Fn' } }] } } },
      { name: 'Other' },
    );
    const { functions } = inspected(stackOf({ Fn: lambda }, { Outputs }), other);
    expect(functions[0]?.triggers).toMatchObject([{ kind: 'eventbridge', id: 'Rule' }]);
  });

  it('by many routes of one API counts once', () => {
    const method = { Type: 'AWS::ApiGateway::Method', Properties: { RestApiId: { Ref: 'Api' }, Integration: arn } };
    const { functions } = inspected(stackOf({ Fn: lambda, One: method, Two: method }));
    expect(functions[0]?.triggers).toHaveLength(1);
  });

  it('is not a function of the same id in another stack', () => {
    const rule = { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Arn: arn }] } };
    const { functions } = inspected(stackOf({ Fn: lambda, Rule: rule }), stackOf({ Fn: lambda }, { name: 'Twin' }));
    expect(functions.map(({ stack, triggers }) => [stack, triggers.length])).toEqual([
      ['Stack', 1],
      ['Twin', 0],
    ]);
  });
});

const aliasOf = (Name: string, more: object = {}) => ({
  Type: 'AWS::Lambda::Alias',
  Properties: { FunctionName: { Ref: 'Fn' }, Name, ...more },
});

describe('a function', () => {
  it('that nothing calls is told how callers have to name it', () => {
    const { functions } = inspected(stackOf({ Fn: lambda }));
    expect(functions).toMatchObject([{ promotable: true, notes: [expect.stringContaining('name the alias')] }]);
  });

  it('that only a custom resource calls is a helper', () => {
    const custom = { Type: 'Custom::Thing', Properties: { ServiceToken: arn } };
    const { functions, helpers, problems } = inspected(stackOf({ Fn: lambda, Custom: custom, Again: custom }));
    expect([functions, helpers.map(({ id }) => id)]).toEqual([[], ['Fn']]);
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('Custom::Thing (2 times)')]);
  });

  it('of more code than Lambda takes is not promotable', () => {
    const codeBytes = new Map([['Fn', 251 * 1024 * 1024]]);
    const { functions } = inspected(stackOf({ Fn: lambda }, { codeBytes }));
    expect(functions).toMatchObject([{ promotable: false, prevents: [expect.stringContaining('251 MiB')] }]);
  });

  it('that CloudFormation moves an alias of is promotable, and what moves it is said', () => {
    const made = `FnCurrentVersion${'0a'.repeat(16)}`;
    const Alias = aliasOf('live', { FunctionVersion: { 'Fn::GetAtt': [made, 'Version'] } });
    const version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } };
    const { functions } = inspected(stackOf({ Fn: lambda, Alias, [made]: version }));
    const notes = expect.arrayContaining([expect.stringContaining('CloudFormation moves its alias live')]);
    expect(functions).toMatchObject([{ promotable: true, notes }]);
  });

  it('of two aliases is not promotable: one alone can have the traffic', () => {
    const { functions } = inspected(stackOf({ Fn: lambda, One: aliasOf('a'), Other: aliasOf('b') }));
    expect(functions).toMatchObject([{ promotable: false, prevents: [expect.stringContaining('aliases')] }]);
  });
});

it('what has another form than a template is an app without functions', () => {
  const { functions, problems } = inspected(stackOf({ Fn: null, Odd: { Type: 7, Properties: [] } }));
  expect(functions).toEqual([]);
  expect(problems.map(({ message }) => message)).toContain('the app has no Lambda function');
});

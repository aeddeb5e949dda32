import { describe, expect, it } from 'vitest';
import { readAssembly } from '../inspect/read.ts';
import { asList, asRecord, type Json } from '../template.ts';
import { findComponents } from './components.ts';
import type { DeclaredComponent, FoundComponent } from './found-component.ts';
import { obstaclesIn } from './obstacles.ts';
import { deliveredTemplate } from './template.ts';

const code = { S3Bucket: 'b', S3Key: 'k.zip' };
const lambda = (more: Json = {}) => ({ Type: 'AWS::Lambda::Function', Properties: { Code: code, ...more } });
const arn = { 'Fn::GetAtt': ['Api', 'Arn'] };
const integration = (api: string, uri: unknown = arn) => ({
  Type: 'AWS::ApiGatewayV2::Integration',
  Properties: { ApiId: { Ref: api }, IntegrationType: 'AWS_PROXY', IntegrationUri: uri },
});
const rule = (of: string) => ({
  Type: 'AWS::Events::Rule',
  Properties: { EventPattern: {}, Targets: [{ Id: 'a', Arn: { 'Fn::GetAtt': [of, 'Arn'] } }] },
});
const mapping = (of: string) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, FunctionName: { Ref: of } },
});
const permission = (of: string, Principal: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { Action: 'lambda:InvokeFunction', FunctionName: { 'Fn::GetAtt': [of, 'Arn'] }, Principal },
});

const url = (more: Json = {}) => ({
  Type: 'AWS::Lambda::Url',
  Properties: { AuthType: 'NONE', TargetFunctionArn: arn, ...more },
});
const notifying = {
  Type: 'AWS::S3::Bucket',
  Properties: { NotificationConfiguration: { LambdaConfigurations: [{ Event: 's3:ObjectCreated:*', Function: arn }] } },
};

const shop = {
  Role: { Type: 'AWS::IAM::Role', Properties: {} },
  Bounded: { Type: 'AWS::IAM::Role', Properties: { PermissionsBoundary: 'own' } },
  Api: lambda({ Environment: { Variables: { TABLE: { Ref: 'Table' } } } }),
  Worker: lambda(),
  Other: lambda(),
  Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
  Integration: integration('Http'),
  Called: permission('Api', 'apigateway.amazonaws.com'),
  Elsewhere: permission('Api', 'cognito-idp.amazonaws.com'),
  Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
  Mapping: mapping('Worker'),
};

async function assemblyOf(Resources: Json) {
  const artifacts = { Shop: { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } } };
  const files: Readonly<Record<string, string>> = {
    'manifest.json': JSON.stringify({ artifacts }),
    't.json': JSON.stringify({ Resources }),
  };
  return readAssembly({
    shown: (path) => path,
    source: (path) => path,
    text: async (path) => files[path] ?? null,
    unpackedBytes: async () => null,
  });
}
const api: DeclaredComponent = { name: 'api', function: 'Api', health: '/health' };
const worker: DeclaredComponent = { name: 'worker', function: 'Worker' };
const problemsOf = async (resources: Json, ...declared: DeclaredComponent[]) =>
  findComponents(await assemblyOf(resources), declared, 'staging').problems;

const delivery = (components: readonly FoundComponent[]) => ({
  ...{ stack: 'Shop', name: 'soundbite-staging', environment: 'staging', isOneOfSeveral: false },
  components,
});

/** The resources that are delivered, and what the components' output says. */
async function delivered(Resources: Json, ...declared: DeclaredComponent[]) {
  const { components, problems } = findComponents(await assemblyOf(Resources), declared, 'staging');
  expect(problems).toEqual([]);
  const template = deliveredTemplate({ Resources }, delivery(components));
  const resources = asRecord(template.Resources);
  const [, parts] = asRecord(asRecord(asRecord(template.Outputs).Components).Value)['Fn::Join'] as [string, unknown[]];
  const named = parts.map((part) => (typeof part === 'string' ? part : `<${nameOf(asRecord(part))}>`)).join('');
  return {
    template,
    properties: (id: string) => asRecord(asRecord(resources[id]).Properties),
    output: JSON.parse(named) as unknown,
  };
}

const nameOf = ({ Ref, 'Fn::GetAtt': attribute }: Json) => (Ref === undefined ? asList(attribute).join('.') : Ref);

describe('a stack that is delivered', () => {
  it('has an alias of each component on one static version that is retained', async () => {
    const { properties, template } = await delivered(shop, worker, api);
    expect(properties('ApiLive')).toEqual({
      Name: 'live',
      FunctionName: { Ref: 'Api' },
      FunctionVersion: {
        'Fn::If': ['ApiLiveIsNew', { 'Fn::GetAtt': ['ApiLiveVersion', 'Version'] }, { Ref: 'ApiLiveAdopted' }],
      },
    });
    expect(asRecord(template.Resources).ApiLiveVersion).toMatchObject({
      DeletionPolicy: 'Retain',
      Condition: 'ApiLiveIsNew',
    });
    expect(template.Conditions).toMatchObject({ ApiLiveIsNew: { 'Fn::Equals': [{ Ref: 'ApiLiveAdopted' }, ''] } });
    expect(Object.keys(asRecord(template.Resources))).not.toContain('OtherLive');
  });

  it('has what calls a component call the alias, and may; what stays keeps its permission', async () => {
    const { properties } = await delivered(shop, worker, api);
    expect(properties('Integration').IntegrationUri).toEqual({ Ref: 'ApiLive' });
    expect(properties('Called').FunctionName).toEqual(arn);
    expect(properties('CalledOfAlias').FunctionName).toEqual({ Ref: 'ApiLive' });
    expect(properties('Elsewhere').FunctionName).toEqual(arn);
  });

  it('has the URL of a function as one of its alias, and the alias may be called by it', async () => {
    const byUrl = (more: Json) => ({
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: arn, Principal: '*', ...more },
    });
    const resources = {
      ...{ Api: shop.Api, Url: { ...url(), DependsOn: 'Jobs' }, Jobs: shop.Jobs },
      Asked: byUrl({ Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' }),
      Invoked: byUrl({ Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true }),
      ByAll: byUrl({ Action: 'lambda:InvokeFunction' }),
    };
    const { properties, template, output } = await delivered(resources, api);
    expect(asRecord(template.Resources).Url).toEqual({
      Type: 'AWS::Lambda::Url',
      Properties: { AuthType: 'NONE', TargetFunctionArn: arn, Qualifier: 'live' },
      DependsOn: ['Jobs', 'ApiLive'],
    });
    expect([properties('Asked').FunctionName, properties('Invoked').FunctionName]).toEqual([
      { Ref: 'ApiLive' },
      { Ref: 'ApiLive' },
    ]);
    expect(properties('ByAll').FunctionName).toEqual(arn);
    expect(output).toMatchObject([{ api: null, url: '<Url.FunctionUrl>' }]);
  });

  it('is called by rules and topics at the alias, and has them listed instead of permitted', async () => {
    const ofRule = { SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] } };
    const ofTopic = { SourceArn: { Ref: 'Topic' }, SourceAccount: '111122223333' };
    const permitting = (Principal: string, more: Json) => {
      const { Type, Properties } = permission('Worker', Principal);
      return { Type, Properties: { ...Properties, ...more } };
    };
    const both = [{ Id: 'a', Arn: { 'Fn::GetAtt': ['Api', 'Arn'] } }];
    const resources = {
      ...shop,
      Rule: { ...rule('Worker'), Properties: { Targets: [...rule('Worker').Properties.Targets, ...both] } },
      Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: { Protocol: 'lambda', Endpoint: { 'Fn::GetAtt': ['Worker', 'Arn'] }, TopicArn: { Ref: 'Topic' } },
      },
      ByRule: permitting('events.amazonaws.com', ofRule),
      ByTopic: permitting('sns.amazonaws.com', ofTopic),
      ByBucket: permitting('s3.amazonaws.com', {}),
    };
    const { properties, output } = await delivered(resources, worker, api);
    expect(properties('Rule').Targets).toMatchObject([{ Arn: { Ref: 'WorkerLive' } }, { Arn: { Ref: 'ApiLive' } }]);
    expect(properties('Subscription').Endpoint).toEqual({ Ref: 'WorkerLive' });
    for (const id of ['ByRule', 'ByTopic', 'ByBucket'] as const)
      expect(properties(id)).toEqual(resources[id].Properties);
    expect(output).toMatchObject([
      {
        callers: [
          { id: 'ByRule', principal: 'events.amazonaws.com', source: '<Rule.Arn>', account: null },
          { id: 'ByTopic', principal: 'sns.amazonaws.com', source: '<Topic>', account: '111122223333' },
        ],
      },
      { name: 'api' },
    ]);
  });

  it('takes messages only when a promotion is finalised', async () => {
    const { properties } = await delivered(shop, worker, api);
    expect(properties('Mapping')).toMatchObject({
      FunctionName: { Ref: 'WorkerLive' },
      Enabled: { 'Fn::If': ['WorkerLiveIsNew', false, true] },
    });
  });

  it('has functions as the app made them, so that one that did not change needs no new version, and roles within the boundary', async () => {
    const { properties, template } = await delivered(shop, worker, api);
    for (const id of ['Api', 'Worker', 'Other'] as const) expect(properties(id)).toEqual(shop[id].Properties);
    expect(properties('Role').PermissionsBoundary).toEqual({
      'Fn::Sub': expect.stringMatching(/:policy\/soundbite-staging-boundary$/),
    });
    expect(properties('Bounded').PermissionsBoundary).toBe('own');
    expect(Object.keys(asRecord(template.Parameters))).toEqual([
      ...['ReleaseDigest', 'CloudKind', 'WorkerLiveAdopted', 'ApiLiveAdopted'],
    ]);
  });

  it('names its components in an output, in their order', async () => {
    const standing = { alias: 'live', first: '<>' };
    expect((await delivered(shop, worker, api)).output).toEqual([
      {
        ...{
          name: 'worker',
          id: 'Worker',
          health: null,
          contract: false,
          api: null,
          function: '<Worker>',
          ...standing,
        },
        queues: [{ mapping: '<Mapping>', url: '<Jobs>' }],
      },
      {
        ...{ name: 'api', id: 'Api', health: '/health', contract: false, api: '<Http>', function: '<Api>' },
        ...{ ...standing, queues: [] },
      },
    ]);
  });

  it('says that it keeps the service contract, whose health needs no word', async () => {
    const kept = { ...api, health: undefined, contract: true };
    expect((await delivered(shop, kept)).output).toMatchObject([{ name: 'api', health: '/health', contract: true }]);
  });

  it('has something that changes with each release, since CloudFormation takes no deployment without: a record of it', async () => {
    const { template } = await delivered(shop, worker, api);
    expect(asRecord(template.Resources).DeployedRelease).toEqual({
      Type: 'AWS::SSM::Parameter',
      Properties: {
        ...{ Type: 'String', Name: '/soundbite/staging/soundbite-staging/release' },
        Value: { Ref: 'ReleaseDigest' },
      },
    });
  });

  it('stays as it is where its constructs have all of it', async () => {
    const own = {
      Api: lambda({ Environment: { Variables: { SOUNDBITE_RELEASE: { Ref: 'ReleaseDigest' } } } }),
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Api' } } },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: { Name: 'live', FunctionName: { Ref: 'Api' }, FunctionVersion: '1' },
      },
      Http: shop.Http,
      Integration: integration('Http', { Ref: 'Alias' }),
    };
    const { template, output } = await delivered(own, api);
    expect(template.Resources).toEqual(own);
    expect(output).toMatchObject([{ api: '<Http>' }]);
  });

  it('in an environment without components only gets what every deployment gives', () => {
    const template = { Resources: { Jobs: shop.Jobs }, Outputs: { Own: { Value: 'x' } } };
    expect(deliveredTemplate(template, { ...delivery([]), environment: 'dev' })).toEqual({
      ...template,
      Parameters: expect.anything(),
      Resources: { ...template.Resources, DeployedRelease: expect.anything() },
    });
  });
});

describe('a component', () => {
  it.each<[string, Json, DeclaredComponent[], object[]]>([
    [
      'is no function of the app',
      shop,
      [{ name: 'a', function: 'Apu' }],
      [{ index: 0, key: 'function', message: 'Apu is no function of the app; it has Api, Worker, Other' }],
    ],
    [
      'is another component’s function by another name',
      shop,
      [worker, { name: 'b', function: 'Worker' }],
      [{ index: 1, key: 'function', message: 'is the function of worker already' }],
    ],
    [
      'has a health that nothing could ask',
      shop,
      [{ ...worker, health: '/h' }],
      [
        {
          index: 0,
          key: 'health',
          message: 'neither an API nor a URL leads to the function, so nothing can ask /h; remove it',
        },
      ],
    ],
    [
      'is behind two APIs',
      { ...shop, More: shop.Http, Second: integration('More') },
      [api],
      [{ index: 0, message: expect.stringMatching(/^is behind two APIs/) }],
    ],
    [
      'is called by what is not moved yet',
      { ...shop, Bucket: notifying },
      [api],
      [
        {
          index: 0,
          message: expect.stringMatching(/^is called by Bucket \(S3 notification\), which has to be permitted/),
        },
      ],
    ],
    [
      'has a URL that wants signatures',
      { ...shop, Url: url({ AuthType: 'AWS_IAM' }) },
      [api],
      [{ index: 0, message: expect.stringMatching(/^is called by Url \(function URL\), which wants signed requests/) }],
    ],
    [
      'has a URL that streams',
      { ...shop, Url: url({ InvokeMode: 'RESPONSE_STREAM' }) },
      [api],
      [{ index: 0, message: expect.stringMatching(/^is called by Url \(function URL\), which streams its answers/) }],
    ],
    [
      'has two URLs',
      { ...shop, Url: url(), Second: url() },
      [api],
      [{ index: 0, message: expect.stringMatching(/^has two function URLs/) }],
    ],
    [
      'takes messages of a queue that is not the app’s',
      {
        Worker: lambda(),
        Mapping: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: { FunctionName: { Ref: 'Worker' }, EventSourceArn: 'arn:aws:sqs:eu-west-1:1:jobs' },
        },
      },
      [worker],
      [{ index: 0, message: 'takes messages of arn:aws:sqs:eu-west-1:1:jobs, which is no queue of the app' }],
    ],
  ])('that %s is refused', async (_what, resources, declared, problems) => {
    expect(await problemsOf(resources, ...declared)).toMatchObject(problems);
  });

  it('can be named for each environment', async () => {
    expect(await problemsOf({ stagingApi: lambda() }, { name: 'a', function: '{environment}Api' })).toEqual([]);
  });

  it.each([
    ['a schedule of EventBridge Scheduler', 'AWS::Scheduler::Schedule', { Target: { Arn: arn } }],
    ['a stream', 'AWS::Lambda::EventSourceMapping', { EventSourceArn: 'arn:aws:kinesis:x', FunctionName: arn }],
  ])('that %s calls is refused', async (_what, Type, Properties) => {
    expect(await problemsOf({ Api: shop.Api, Caller: { Type, Properties } }, { ...api, health: undefined })).toEqual([
      { index: 0, key: 'function', message: expect.stringMatching(/^is called by Caller \(/) },
    ]);
  });

  it('that a rule may call under a condition only is refused', async () => {
    const Conditional = { ...permission('Api', 'events.amazonaws.com'), Condition: 'Sometimes' };
    expect(await problemsOf({ ...shop, Rule: rule('Api'), Conditional }, api)).toMatchObject([
      { message: expect.stringMatching(/^may be called by Conditional under a condition/) },
    ]);
  });
});

describe('a template', () => {
  it('that gives a value to each parameter and no name that delivery gives has nothing in its way', async () => {
    const { components } = findComponents(await assemblyOf(shop), [worker, api], 'staging');
    const Parameters = { ReleaseDigest: {}, CloudKind: {}, Size: { Default: '' } };
    expect(obstaclesIn({ Resources: shop, Parameters, Outputs: { Own: {} } }, components, 'Shop')).toEqual([]);
  });

  it('has all told at once that is in the way', async () => {
    const resources = { ...shop, ApiLive: shop.Jobs, WorkerLiveVersion: shop.Jobs };
    const { components } = findComponents(await assemblyOf(resources), [worker, api], 'staging');
    const template = { Resources: resources, Parameters: { Size: {} }, Outputs: { Components: {} } };
    expect(obstaclesIn(template, components, 'Shop')).toEqual([
      'the parameter Size has no default, and nobody gives it a value',
      'the logical id WorkerLiveVersion is one that delivery gives',
      'the logical id ApiLive is one that delivery gives',
      'the output Components is one that delivery gives',
    ]);
  });
});

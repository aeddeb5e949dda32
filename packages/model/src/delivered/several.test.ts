import { describe, expect, it } from 'vitest';
import { inspect } from '../inspect/inspect.ts';
import { readAssembly } from '../inspect/read.ts';
import { asRecord, type Json } from '../template.ts';
import { findComponents } from './components.ts';
import { asApp, handedBackTemplate } from './handed-back.ts';
import { deliveredTemplate } from './template.ts';

const lambda = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } };
const exported = (Name: string, Value: Json) => ({ Export: { Name }, Value });
const imported = { 'Fn::ImportValue': 'Work:Api' };

/** The functions and their queue in two stacks, the API and what feeds the worker in a third one. */
const templates: Readonly<Record<string, Json>> = {
  Data: {
    Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: {} } },
    Outputs: { Arn: exported('Data:Jobs', { 'Fn::GetAtt': ['Jobs', 'Arn'] }) },
  },
  Work: {
    Resources: { Api: lambda, Worker: lambda },
    Outputs: {
      Api: exported('Work:Api', { 'Fn::GetAtt': ['Api', 'Arn'] }),
      Worker: exported('Work:Worker', { Ref: 'Worker' }),
    },
  },
  Front: {
    Resources: {
      Http: { Type: 'AWS::ApiGatewayV2::Api', Properties: {} },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: { ApiId: { Ref: 'Http' }, IntegrationUri: imported },
      },
      Called: {
        Type: 'AWS::Lambda::Permission',
        Properties: { FunctionName: imported, Principal: 'apigateway.amazonaws.com' },
      },
      Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'a', Arn: imported }] } },
      Ruled: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          ...{ FunctionName: imported, Principal: 'events.amazonaws.com' },
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::ImportValue': 'Data:Jobs' },
          FunctionName: { 'Fn::ImportValue': 'Work:Worker' },
        },
      },
    },
  },
};

async function assembled(names = Object.keys(templates), of = templates) {
  const artifacts = Object.fromEntries(
    names.map((name) => [name, { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.json` } }]),
  );
  return readAssembly({
    shown: (path) => path,
    source: (path) => path,
    text: async (path) => JSON.stringify(path === 'manifest.json' ? { artifacts } : of[path.slice(0, -'.json'.length)]),
    unpackedBytes: async () => null,
  });
}

async function found(of = templates) {
  const declared = [
    { name: 'worker', function: 'Worker' },
    { name: 'api', function: 'Api', health: '/health' },
  ];
  const { components, problems } = findComponents(await assembled(Object.keys(of), of), declared, 'staging');
  expect(problems).toEqual([]);
  return components;
}

const delivered = async (stack: string, of = templates) =>
  deliveredTemplate(of[stack] ?? {}, {
    ...{ stack, name: `shop-${stack}`, environment: 'staging', isOneOfSeveral: true },
    components: await found(of),
  });

const told = (template: Json) => {
  const value = asRecord(asRecord(asRecord(template.Outputs).Components).Value)['Fn::Join'];
  const [, parts] = value as [string, unknown[]];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : '<>')).join('')) as unknown;
};

describe('of several stacks', () => {
  it('those come first from which others import, whatever the order in which the app made them', async () => {
    const { stacks } = inspect(await assembled(['Front', 'Data', 'Work']));
    expect(stacks.map(({ name }) => name)).toEqual(['Data', 'Work', 'Front']);
  });

  it('the one that has a function has its alias, and says what it knows of it', async () => {
    const work = await delivered('Work');
    expect(Object.keys(asRecord(work.Resources))).toEqual([
      ...['Api', 'Worker', 'WorkerLiveVersion', 'WorkerLive', 'ApiLiveVersion', 'ApiLive', 'DeployedRelease'],
    ]);
    expect(told(work)).toEqual([
      {
        at: 0,
        name: 'worker',
        id: 'Worker',
        health: null,
        contract: false,
        function: '<>',
        alias: 'live',
        first: '<>',
        api: null,
        queues: [],
      },
      {
        at: 1,
        name: 'api',
        id: 'Api',
        health: '/health',
        contract: false,
        function: '<>',
        alias: 'live',
        first: '<>',
        api: null,
        queues: [],
      },
    ]);
  });

  it('the one that has what calls it calls the alias of what it imports, and says how', async () => {
    const front = await delivered('Front');
    const of = (id: string) => asRecord(asRecord(asRecord(front.Resources)[id]).Properties);
    const alias = { 'Fn::Join': [':', [imported, 'live']] };
    expect(of('Integration').IntegrationUri).toEqual(alias);
    expect([of('Called').FunctionName, of('CalledOfAlias').FunctionName]).toEqual([imported, alias]);
    expect(of('Rule').Targets).toEqual([{ Id: 'a', Arn: alias }]);
    expect(of('Ruled').FunctionName).toEqual(imported);
    expect(of('Mapping')).toMatchObject({
      Enabled: false,
      FunctionName: { 'Fn::Join': [':', [{ 'Fn::ImportValue': 'Work:Worker' }, 'live']] },
    });
    expect(told(front)).toEqual([
      { at: 0, name: 'worker', api: null, queues: [{ mapping: '<>', url: '<>' }] },
      {
        ...{ at: 1, name: 'api', api: '<>', queues: [] },
        callers: [{ id: 'Ruled', principal: 'events.amazonaws.com', source: '<>', account: null }],
      },
    ]);
  });

  it('are delivered as before when they were handed back: a rule in another stack than its function is known', async () => {
    const whole = await Promise.all(
      Object.keys(templates).map(async (stack) => [stack, await delivered(stack)] as const),
    );
    const left = whole.map(([stack, template]) => [stack, asApp(handedBackTemplate(template, {}) ?? {})] as const);
    const again = await delivered('Front', Object.fromEntries(left));
    const front = new Map(whole).get('Front') ?? {};
    expect(again.Resources).toEqual(front.Resources);
    expect(told(again)).toEqual(told(front));
  });

  it('the one that has nothing of any component says nothing of them', async () => {
    expect(asRecord((await delivered('Data')).Outputs)).not.toHaveProperty('Components');
  });
});

import { describe, expect, it } from 'vitest';
import { declaredRoutes } from '../declared-routes.ts';
import { readAssembly } from '../inspect/read.ts';
import { asRecord, type Json } from '../template.ts';
import { removals } from '../template-changes.ts';
import { findComponents } from './components.ts';
import { deliveredTemplate } from './template.ts';

const Api = { RestApiId: { Ref: 'Api' } };
const uri = (id: string) => ({
  'Fn::Join': ['', ['arn:aws:apigateway:x:lambda:path/functions/', { 'Fn::GetAtt': [id, 'Arn'] }, '/invocations']],
});
const method = (id: string, HttpMethod: string, ResourceId: Json, more: Json = {}) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: { ...Api, HttpMethod, ResourceId, Integration: { Type: 'AWS_PROXY', Uri: uri(id), ...more } },
});
const path = (PathPart: string, ParentId: Json) => ({
  Type: 'AWS::ApiGateway::Resource',
  Properties: { ...Api, PathPart, ParentId },
});
const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
const lambda = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } };

/** As the CDK makes it: two functions behind one REST API. */
const shop = {
  ...{ Take: lambda, Tell: lambda },
  Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'shop' } },
  Orders: path('orders', root),
  Order: path('{id}', { Ref: 'Orders' }),
  Post: method('Take', 'POST', { Ref: 'Orders' }),
  Get: method('Tell', 'GET', { Ref: 'Order' }),
  Called: {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: { 'Fn::GetAtt': ['Take', 'Arn'] }, Principal: 'apigateway.amazonaws.com' },
  },
  Deployed1a: {
    ...{ Type: 'AWS::ApiGateway::Deployment', Properties: Api },
    DependsOn: ['Post', 'Get'],
  },
  Stage: {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { ...Api, StageName: 'prod', DeploymentId: { Ref: 'Deployed1a' } },
  },
};

async function found(Resources: Json, ...functions: readonly string[]) {
  const artifacts = { Shop: { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } } };
  const files: Readonly<Record<string, string>> = {
    'manifest.json': JSON.stringify({ artifacts }),
    't.json': JSON.stringify({ Resources }),
  };
  const assembly = await readAssembly({
    ...{ shown: (text) => text, source: (text) => text },
    text: async (text) => files[text] ?? null,
    unpackedBytes: async () => null,
  });
  const declared = functions.map((one) => ({ name: one.toLowerCase(), function: one }));
  return findComponents(assembly, declared, 'test');
}

async function delivered(Resources: Json, ...functions: readonly string[]) {
  const { components, problems } = await found(Resources, ...functions);
  expect(problems).toEqual([]);
  const delivery = { stack: 'Shop', name: 'soundbite-test', environment: 'test', isOneOfSeveral: false, components };
  return deliveredTemplate({ Resources }, delivery);
}

const deploymentIn = (template: Json) =>
  Object.keys(asRecord(template.Resources)).find((id) => id.startsWith('Deployed')) ?? '';

describe('a REST API', () => {
  it('leads to the alias of each component, by a deployment that is taken after that', async () => {
    const template = await delivered(shop, 'Take');
    const of = (id: string) => asRecord(asRecord(template.Resources)[id]);
    const uriOf = (id: string) => JSON.stringify(asRecord(asRecord(of(id).Properties).Integration).Uri);
    expect(uriOf('Post')).toContain('{"Ref":"TakeLive"}');
    expect(uriOf('Get')).toContain('["Tell","Arn"]');
    expect(of('CalledOfAlias').Properties).toMatchObject({ FunctionName: { Ref: 'TakeLive' } });
    const deployment = deploymentIn(template);
    expect(deployment).toMatch(/^Deployed1aLive[0-9a-f]{8}$/);
    expect(of(deployment).DependsOn).toEqual(['Post', 'Get']);
    expect(of('Stage').Properties).toMatchObject({ DeploymentId: { Ref: deployment } });
    expect(JSON.stringify(asRecord(template.Outputs).Components)).toContain(`{"Ref":"${deployment}"}`);
  });

  it('has another deployment when another of its functions becomes a component, and the same one else', async () => {
    const one = await delivered(shop, 'Take');
    const both = await delivered(shop, 'Take', 'Tell');
    expect(deploymentIn(await delivered(shop, 'Take'))).toBe(deploymentIn(one));
    expect(deploymentIn(both)).not.toBe(deploymentIn(one));
    expect(removals(one, both)).toEqual([]);
  });

  it('loses no deployment by a change, but methods and their openness', async () => {
    const { Get: _, ...fewer } = shop;
    const closed = { ...shop, Post: { ...shop.Post } };
    closed.Post = { ...shop.Post, Properties: { ...shop.Post.Properties, ...{ AuthorizationType: 'AWS_IAM' } } };
    const before = await delivered(shop, 'Take');
    expect(removals(before, await delivered(fewer, 'Take'))).toMatchObject([{ id: 'Get' }]);
    expect(removals(before, await delivered(closed, 'Take'))).toMatchObject([{ id: 'Post/AuthorizationType' }]);
  });

  it('has its methods told as routes', async () => {
    const template = await delivered(shop, 'Take');
    const values = {
      parameters: {},
      outputs: {},
      names: { Take: 'take' },
      account: '1',
      region: 'x',
      partition: 'aws',
    };
    expect(declaredRoutes(template, 'take', 'live', values)).toEqual([
      { key: 'POST /orders', leadsHere: true },
      { key: 'GET /orders/{id}', leadsHere: false },
    ]);
  });

  it.each([
    ['maps requests', { ...shop, Post: method('Take', 'POST', root, { Type: 'AWS' }) }, /maps requests and answers/],
    ['has a role', { ...shop, Post: method('Take', 'POST', root, { Credentials: 'arn:x' }) }, /calls with a role/],
    ['streams', { ...shop, Post: method('Take', 'POST', root, { ResponseTransferMode: 'STREAM' }) }, /streams its/],
    ['has two stages', { ...shop, Beta: shop.Stage }, /has 2 stages in the app/],
    [
      'is a document',
      { Take: lambda, Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Body: { x: uri('Take') } } } },
      /describes its methods in one document/,
    ],
    [
      'is one of two',
      {
        ...shop,
        Http: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: { ApiId: { Ref: 'Other' }, IntegrationUri: { 'Fn::GetAtt': ['Take', 'Arn'] } },
        },
      },
      /is behind two APIs/,
    ],
  ])('that %s is refused', async (_what, resources, message) => {
    const { problems } = await found(resources, 'Take');
    expect(problems).toMatchObject([{ message: expect.stringMatching(message) }]);
  });
});

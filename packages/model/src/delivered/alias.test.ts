import { describe, expect, it } from 'vitest';
import { readAssembly } from '../inspect/read.ts';
import { asRecord, type Json } from '../template.ts';
import { findComponents } from './components.ts';
import { obstaclesIn } from './obstacles.ts';
import { deliveredTemplate } from './template.ts';

const Api = { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } };
const aliasNamed = (Name: string, more: Json = {}) => ({
  Type: 'AWS::Lambda::Alias',
  Properties: { Name, FunctionName: { Ref: 'Api' }, ...more },
});
/** As `currentVersion` of the CDK names it. */
const made = `ApiCurrentVersion${'0a'.repeat(16)}`;
const Made = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Api' } } };
const on = (version: string) => ({ FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] } });
/** Where a held alias stands at first. */
const first = (alias: string) => ({
  FunctionVersion: {
    'Fn::If': [`${alias}IsNew`, { 'Fn::GetAtt': [`${alias}Version`, 'Version'] }, { Ref: `${alias}Adopted` }],
  },
});
/** An alias that each deployment moves to a version that the CDK makes. */
const moved = { Api, [made]: Made, Prod: aliasNamed('prod', on(made)) };

const component = { name: 'api', function: 'Api' };

async function found(Resources: Json, Outputs: Json = {}) {
  const artifacts = { Shop: { type: 'aws:cloudformation:stack', properties: { templateFile: 't.json' } } };
  const files: Readonly<Record<string, string>> = {
    'manifest.json': JSON.stringify({ artifacts }),
    't.json': JSON.stringify({ Resources, Outputs }),
  };
  const place = { shown: (path: string) => path, source: (path: string) => path };
  const read = { text: async (path: string) => files[path] ?? null, unpackedBytes: async () => null };
  return findComponents(await readAssembly({ ...place, ...read }), [component], 'staging');
}

async function delivered(Resources: Json): Promise<Json> {
  const { components, problems } = await found(Resources);
  expect(problems).toEqual([]);
  const of = { stack: 'Shop', name: 'shop', environment: 'staging', isOneOfSeveral: false };
  return asRecord(deliveredTemplate({ Resources }, { ...of, components }).Resources);
}

describe('an alias of the app’s own', () => {
  it('keeps its name, and is moved by no deployment any more', async () => {
    const resources = await delivered(moved);
    expect(resources.Prod).toEqual(aliasNamed('prod', first('Prod')));
    expect(resources.ProdVersion).toMatchObject({
      Properties: { FunctionName: { Ref: 'Api' } },
      DeletionPolicy: 'Retain',
    });
    expect(Object.keys(resources)).toEqual(['Api', 'Prod', 'ProdVersion', 'DeployedRelease']);
  });

  it('is delivered once more from the stack that was handed back, with the version that delivery gave it', async () => {
    const { DeployedRelease: _record, ...once } = await delivered(moved);
    const { components, problems } = await found(once);
    expect(problems).toEqual([]);
    expect(obstaclesIn({ Resources: once }, components, 'Shop')).toEqual([]);
    expect(await delivered(once)).toMatchObject({ Prod: once.Prod, ProdVersion: once.ProdVersion });
    const other = { ...once, ProdVersion: { ...Made, DeletionPolicy: 'Delete' } };
    expect(obstaclesIn({ Resources: other }, components, 'Shop')).toEqual([
      'the logical id ProdVersion is one that delivery gives',
    ]);
  });

  it('is given to CodeDeploy no more', async () => {
    const UpdatePolicy = { CodeDeployLambdaAliasUpdate: { ApplicationName: 'a' } };
    const resources = await delivered({ ...moved, Prod: { ...moved.Prod, UpdatePolicy } });
    expect(resources.Prod).not.toHaveProperty('UpdatePolicy');
  });

  it('on a version of the app’s stays as it is where it is called live, and is held where it is called otherwise', async () => {
    const Own = { ...Made };
    const live = aliasNamed('live', on('Own'));
    expect(await delivered({ Api, Own, Live: live })).toMatchObject({ Own, Live: live });
    expect(await delivered({ Api, Own, Live: aliasNamed('blue', on('Own')) })).toMatchObject({
      Own,
      Live: aliasNamed('blue', first('Live')),
    });
  });

  it('leaves nothing that waits for a version that the CDK would make', async () => {
    const waiting = { Type: 'AWS::SQS::Queue', Properties: {} };
    const resources = await delivered({
      ...moved,
      One: { ...waiting, DependsOn: made },
      Both: { ...waiting, DependsOn: ['Api', made] },
      Api: { ...Api, DependsOn: ['One'] },
    });
    expect(resources).toMatchObject({ Both: { DependsOn: ['Api'] }, Api: { DependsOn: ['One'] } });
    expect(resources.One).toEqual(waiting);
  });
});

describe('a function', () => {
  const refused = async (resources: Json, outputs?: Json) => (await found(resources, outputs)).problems;

  it('of two aliases is refused', async () => {
    expect(await refused({ ...moved, Other: aliasNamed('blue') })).toMatchObject([
      {
        index: 0,
        message: expect.stringMatching(/^has the aliases (prod and blue|blue and prod), of which one alone/),
      },
    ]);
  });

  it('whose version something else names is refused: promotions make the versions', async () => {
    const Edge = { Type: 'AWS::X::Y', Properties: { Version: { Ref: made } } };
    const output = { Value: { 'Fn::Join': ['', ['v', { 'Fn::GetAtt': [made, 'Version'] }]] } };
    expect(await refused({ ...moved, Edge })).toMatchObject([
      { message: expect.stringMatching(/^has a version that Edge names/) },
    ]);
    expect(await refused(moved, { Told: output })).toMatchObject([
      { message: expect.stringMatching(/^has a version that the output Told names/) },
    ]);
  });
});

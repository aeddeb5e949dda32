import { describe, expect, it } from 'vitest';
import { holdingsIn } from '../holdings/holdings.ts';
import { removalRefused, unnamed } from '../replacement/refusal.ts';
import { asRecord } from '../template.ts';
import { removals } from '../template-changes.ts';
import { combinedStacks, combinedTemplate, ownId } from './combined.ts';
import { combinedOutputs } from './combined-outputs.ts';

const data = {
  stack: 'orders-data',
  template: {
    Parameters: { ReleaseDigest: { Type: 'String' }, Days: { Type: 'Number', Default: 3 } },
    Resources: {
      Table: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Sub': `\${AWS::StackName}-\${Days}` } } },
    },
    Outputs: {
      TableArn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: 'orders-data:Table' } },
    },
  },
};
const api = {
  stack: 'orders-api',
  template: {
    Parameters: { ReleaseDigest: { Type: 'String' } },
    Mappings: { Sizes: { a: { b: 1 } } },
    Conditions: { IsBig: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] } },
    Resources: {
      Table: {
        Type: 'AWS::Lambda::Function',
        Condition: 'IsBig',
        DependsOn: ['Role'],
        Properties: {
          Role: { 'Fn::GetAtt': 'Role.Arn' },
          MemorySize: { 'Fn::FindInMap': ['Sizes', 'a', 'b'] },
          Timeout: { 'Fn::If': ['IsBig', 3, { Ref: 'AWS::NoValue' }] },
          Environment: {
            Variables: {
              TABLE: { 'Fn::ImportValue': 'orders-data:Table' },
              OTHER: { 'Fn::ImportValue': 'somebody-else' },
              RELEASE: { Ref: 'ReleaseDigest' },
              TEXT: { 'Fn::Sub': [`a \${Role.Arn} \${x} \${!y}`, { x: { Ref: 'Role' } }] },
            },
          },
        },
      },
      Role: { Type: 'AWS::IAM::Role', Properties: {} },
    },
  },
};
const both = asRecord(combinedTemplate([data, api], 'staging'));
const lambda = asRecord(asRecord(both.Resources)['orders-api/Table']);

describe('the templates of two stacks as one', () => {
  it('say of each id whose it is, and leave what all stacks are given', () => {
    expect(Object.keys(asRecord(both.Resources))).toEqual(['orders-data/Table', 'orders-api/Table', 'orders-api/Role']);
    expect(Object.keys(asRecord(both.Parameters))).toEqual(['ReleaseDigest', 'orders-data/Days']);
    expect(lambda).toMatchObject({ Condition: 'orders-api/IsBig', DependsOn: ['orders-api/Role'] });
    expect(lambda.Properties).toMatchObject({
      Role: { 'Fn::GetAtt': ['orders-api/Role', 'Arn'] },
      MemorySize: { 'Fn::FindInMap': ['orders-api/Sizes', 'a', 'b'] },
      Timeout: { 'Fn::If': ['orders-api/IsBig', 3, { Ref: 'AWS::NoValue' }] },
    });
  });

  it('have what one exports in the place of what the other imports, and leave what a stranger exports', () => {
    expect(asRecord(asRecord(lambda.Properties).Environment).Variables).toEqual({
      TABLE: { 'Fn::GetAtt': ['orders-data/Table', 'Arn'] },
      OTHER: { 'Fn::ImportValue': 'somebody-else' },
      RELEASE: { Ref: 'ReleaseDigest' },
      TEXT: {
        'Fn::Join': [
          '',
          ['a ', { 'Fn::GetAtt': ['orders-api/Role', 'Arn'] }, ' ', { Ref: 'orders-api/Role' }, ' ', `\${y}`],
        ],
      },
    });
  });

  it('name each stack where it names itself', () => {
    expect(asRecord(asRecord(asRecord(both.Resources)['orders-data/Table']).Properties).TableName).toEqual({
      'Fn::Join': ['', ['orders-data', '-', { Ref: 'orders-data/Days' }]],
    });
  });

  it('are judged like one: what goes is named with its stack, and what is held is held in both', () => {
    const { Role: _gone, ...left } = api.template.Resources;
    const next = combinedTemplate([data, { ...api, template: { ...api.template, Resources: left } }], 'staging');
    expect(removals(both, next).map(({ id }) => id)).toContain('orders-api/Role');
    expect(holdingsIn(both).stacks).toEqual(['orders-api', 'orders-data']);
  });
});

describe('an export that goes', () => {
  const without = { ...data, template: { ...data.template, Outputs: {} } };
  const noImport = JSON.parse(JSON.stringify(api).replace('"Fn::ImportValue":"orders-data:Table"', '"Ref":"Role"'));

  it('stays for one release more if another stack imports it as it is deployed', () => {
    expect(removals(both, combinedTemplate([without, noImport], 'staging'))).toEqual([
      {
        id: 'orders-data/TableArn',
        what: 'export',
        detail: expect.stringMatching(/is removed, and orders-api imports it as it is deployed: keep it for one/),
      },
    ]);
  });

  it('stays although somebody named it: CloudFormation would refuse it in the middle', () => {
    const found = removals(both, combinedTemplate([without, noImport], 'staging'));
    const refused = unnamed(found, ['orders-data/TableArn']);
    expect(refused).toEqual(found);
    const { message, hint } = removalRefused(refused);
    expect(message).toContain('orders-data/TableArn (the output orders-data/TableArn is removed, and orders-api');
    expect(hint).toBe(
      'cut a release that keeps the export as it is and no longer imports it, promote that, then this one',
    );
  });

  it('stays under its name, too', () => {
    const renamed = JSON.parse(JSON.stringify(data).replace('"Name":"orders-data:Table"', '"Name":"orders-data:New"'));
    expect(removals(both, combinedTemplate([renamed, noImport], 'staging'))).toMatchObject([
      { id: 'orders-data/TableArn/Export', what: 'export' },
    ]);
    const kept = combinedTemplate([data, noImport], 'staging');
    expect(removals(kept, combinedTemplate([renamed, noImport], 'staging'))).toEqual([]);
  });

  it('may go when none does', () => {
    const kept = combinedTemplate([data, noImport], 'staging');
    expect(removals(both, kept)).toEqual([]);
    expect(removals(kept, combinedTemplate([without, noImport], 'staging'))).toEqual([]);
  });

  it('of the only stack is named as before', () => {
    const { template } = data;
    expect(removals(template, without.template)).toMatchObject([{ id: 'TableArn', what: 'output' }]);
  });
});

it('the only stack of the usual name is itself; one of another name says it', () => {
  const { template } = data;
  expect(combinedTemplate([{ stack: 'soundbite-staging', template }], 'staging')).toBe(template);
  const other = combinedTemplate([data], 'staging');
  expect(other).toMatchObject(template);
  expect(combinedStacks(other)).toEqual(['orders-data']);
  expect(holdingsIn(template)).not.toHaveProperty('stacks');
});

it('an id leads back to its stack', () => {
  expect(ownId('orders-api/Table')).toEqual({ stack: 'orders-api', id: 'Table' });
  expect(ownId('Table')).toEqual({ stack: null, id: 'Table' });
});

describe('the outputs of two stacks as one', () => {
  const said = (...list: object[]) => JSON.stringify(list);
  it('tell components in the order of traffic, with what each stack knows of them', () => {
    const outputs = combinedOutputs([
      {
        stack: 'a',
        of: {
          Url: 'x',
          Components: said(
            { at: 1, name: 'api', id: 'Api', function: 'f', health: '/h', api: null, queues: [] },
            { at: 0, name: 'worker', id: 'Worker', function: 'w', health: null, api: null, queues: [] },
          ),
        },
      },
      {
        stack: 'b',
        of: {
          Components: said({
            ...{ at: 1, name: 'api', api: 'http', queues: [{ mapping: 'm', url: 'q' }] },
            callers: [{ id: 'Ruled' }],
          }),
        },
      },
    ]);
    expect(outputs).toMatchObject({ 'a/Url': 'x' });
    expect(JSON.parse(outputs.Components ?? '')).toEqual([
      { name: 'worker', id: 'a/Worker', function: 'w', health: null, api: null, queues: [] },
      {
        ...{ name: 'api', id: 'a/Api', function: 'f', health: '/h', api: 'http' },
        queues: [{ mapping: 'm', url: 'q' }],
        callers: [{ id: 'Ruled' }],
      },
    ]);
  });

  it('of one stack are its own', () => {
    expect(combinedOutputs([{ stack: 'a', of: { Components: 'x', Url: 'y' } }])).toEqual({ Components: 'x', Url: 'y' });
  });
});

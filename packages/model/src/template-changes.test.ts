import { describe, expect, it } from 'vitest';
import { removals, resourceChanges } from './template-changes.ts';
import { type Any, type after, base, idsAfter } from './testing/template.ts';

describe('removals', () => {
  it('finds nothing where nothing was deployed, and nothing in a template that stays', () => {
    expect(removals(null, base())).toEqual([]);
    expect(removals(base(), base())).toEqual([]);
  });

  it.each<[string, Parameters<typeof after>[0], string[]]>([
    ['a table', (t) => delete (t.Resources as Any).Table, ['Table resource']],
    ['a queue', (t) => delete (t.Resources as Any).DeadLetters, ['DeadLetters resource']],
    [
      'the type of a key',
      (t) => {
        t.Resources.Table.Properties.AttributeDefinitions = [
          { AttributeName: 'pk', AttributeType: 'N' },
          { AttributeName: 'list', AttributeType: 'S' },
        ];
      },
      ['Table replacement'],
    ],
    [
      'a type',
      (t) => {
        t.Resources.Table.Type = 'AWS::DynamoDB::GlobalTable';
      },
      ['Table replacement'],
    ],
    [
      'an index',
      (t) => {
        t.Resources.Table.Properties.GlobalSecondaryIndexes = [];
      },
      ['Table/lists index'],
    ],
    [
      'an index built anew',
      (t) => {
        (t.Resources.Table.Properties.GlobalSecondaryIndexes[0] as Any).Projection = { ProjectionType: 'KEYS_ONLY' };
      },
      ['Table/lists index'],
    ],
    [
      'a dead-letter link',
      (t) => delete (t.Resources.Queue.Properties as Any).RedrivePolicy,
      ['Queue/RedrivePolicy queue-link'],
    ],
    [
      'a dead-letter link to another queue',
      (t) => {
        t.Resources.Queue.Properties.RedrivePolicy.deadLetterTargetArn = { 'Fn::GetAtt': ['Other', 'Arn'] };
      },
      ['Queue/RedrivePolicy queue-link'],
    ],
    [
      'a mapping to another function',
      (t) => {
        t.Resources.WorkerMapping.Properties.FunctionName = { Ref: 'ApiAlias' };
      },
      ['WorkerMapping/FunctionName queue-link'],
    ],
    [
      'a rule that calls nobody',
      (t) => {
        t.Resources.Rule.Properties.Targets = [];
      },
      ['Rule/worker queue-link'],
    ],
    [
      'a route',
      (t) => {
        t.Resources.Route.Properties.RouteKey = 'GET /';
      },
      ['Route/RouteKey resource'],
    ],
    [
      'an open route',
      (t) => {
        (t.Resources.Route.Properties as Any).AuthorizationType = 'JWT';
      },
      ['Route/AuthorizationType resource'],
    ],
    [
      'a generated secret',
      (t) => {
        t.Resources.Secret.Properties.GenerateSecretString.PasswordLength = 32;
      },
      ['Secret/GenerateSecretString replacement'],
    ],
    [
      'the role of a function',
      (t) => {
        t.Resources.WorkerFunction.Properties.Role = { 'Fn::GetAtt': ['Other', 'Arn'] };
      },
      ['WorkerFunction/Role replacement'],
    ],
    [
      'the alias, by CloudFormation',
      (t) => {
        t.Resources.WorkerAlias.Properties.FunctionVersion = { 'Fn::GetAtt': ['NewVersion', 'Version'] };
      },
      ['WorkerAlias/FunctionVersion replacement'],
    ],
    [
      'a resource under a new condition',
      (t) => {
        t.Resources.Table = { ...t.Resources.Table, Condition: 'RealCloud' } as never;
      },
      ['Table resource'],
    ],
    ['a parameter', (t) => delete t.Parameters.CloudKind, ['CloudKind parameter']],
    ['an output', (t) => delete t.Outputs.TableName, ['TableName output']],
    [
      'an export',
      (t) => {
        t.Outputs.TableName = { Value: { Ref: 'Table' } };
      },
      ['TableName/Export output'],
    ],
    ['an invocation', (t) => delete (t.Resources as Any).Permission, ['WorkerAlias/lambda:InvokeFunction permission']],
  ])('names %s', (_name, change, expected) => {
    expect(idsAfter(change)).toEqual(expected);
  });

  it('names a local index, too', () => {
    const withIndexes = (...LocalSecondaryIndexes: Any[]) => {
      const template = base();
      Object.assign(template.Resources.Table.Properties, { LocalSecondaryIndexes });
      return template;
    };
    expect(removals(withIndexes({ IndexName: 'days' }), withIndexes())).toMatchObject([
      { id: 'Table/days', what: 'index' },
    ]);
  });

  it('leaves to CloudFormation what a property replaces', () => {
    expect(
      idsAfter((t) => {
        t.Resources.Table.Properties.TableName = 'other';
      }),
    ).toEqual([]);
  });

  it('lets alarms come and go: nothing that runs needs them', () => {
    expect(idsAfter((t) => delete (t.Resources as Any).Alarm)).toEqual([]);
  });

  it('lets memory, output values and looser conditions change', () => {
    expect(
      idsAfter((t) => {
        t.Resources.WorkerFunction.Properties.MemorySize = 128;
        t.Outputs.TableName = { Value: 'soundbite-staging', Export: { Name: 'table' } };
      }),
    ).toEqual([]);
  });
});

describe('resourceChanges', () => {
  it('says what would be added, modified, replaced and removed', () => {
    const next = base();
    next.Resources.WorkerFunction.Properties.MemorySize = 1024;
    next.Resources.Table.Properties.TableName = 'other';
    next.Resources.Queue.Type = 'AWS::SNS::Topic';
    Object.assign(next.Resources, { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } });
    delete (next.Resources as Any).Alarm;
    expect(resourceChanges(base(), next, new Set(['Table']))).toEqual([
      { id: 'Alarm', type: 'AWS::CloudWatch::Alarm', change: 'remove' },
      { id: 'Queue', type: 'AWS::SNS::Topic', change: 'replace' },
      { id: 'Table', type: 'AWS::DynamoDB::Table', change: 'replace' },
      { id: 'Topic', type: 'AWS::SNS::Topic', change: 'add' },
      { id: 'WorkerFunction', type: 'AWS::Lambda::Function', change: 'modify' },
    ]);
  });

  it('adds everything where nothing is', () => {
    expect(resourceChanges(null, base()).every(({ change }) => change === 'add')).toBe(true);
    expect(resourceChanges(null, base())).toHaveLength(Object.keys(base().Resources).length);
  });
});

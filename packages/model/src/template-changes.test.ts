import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Removal, removals, resourceChanges } from './template-changes.ts';

type Any = Record<string, unknown>;

/** A template with every kind of thing that can be taken away; each test changes one of them. */
function base() {
  const statement = (Action: unknown, Resource: unknown, more: Any = {}): Any => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...more,
  });
  return {
    Parameters: { ReleaseDigest: { Type: 'String' }, CloudKind: { Type: 'String' } } as Any,
    Conditions: { RealCloud: { 'Fn::Equals': [{ Ref: 'CloudKind' }, 'real'] } } as Any,
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'soundbite-staging',
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
          AttributeDefinitions: [
            { AttributeName: 'pk', AttributeType: 'S' },
            { AttributeName: 'list', AttributeType: 'S' },
          ],
          GlobalSecondaryIndexes: [
            {
              IndexName: 'lists',
              KeySchema: [{ AttributeName: 'list', KeyType: 'HASH' }],
              Projection: { ProjectionType: 'ALL' },
            },
          ],
        },
      },
      Queue: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          QueueName: 'soundbite-staging-jobs',
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] }, maxReceiveCount: 5 },
        },
      },
      DeadLetters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'soundbite-staging-dead-letters' } },
      Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'soundbite-staging' } },
      BucketPolicy: {
        Type: 'AWS::S3::BucketPolicy',
        Properties: {
          Bucket: { Ref: 'Bucket' },
          PolicyDocument: {
            Statement: [
              {
                Effect: 'Deny',
                Action: 's3:*',
                Principal: '*',
                Resource: '*',
                Condition: { Bool: { 'aws:SecureTransport': 'false' } },
              },
            ],
          },
        },
      },
      Secret: {
        Type: 'AWS::SecretsManager::Secret',
        Properties: { Name: 's', GenerateSecretString: { PasswordLength: 48 } },
      },
      WorkerRole: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'soundbite-staging-worker',
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
          },
          Policies: [
            {
              PolicyName: 'service',
              PolicyDocument: {
                Statement: [
                  statement(
                    ['s3:GetObject', 's3:PutObject'],
                    [
                      { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/audio/*']] },
                      { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, '/rehearsal/*']] },
                    ],
                  ),
                  statement('polly:SynthesizeSpeech', '*'),
                ],
              },
            },
          ],
        },
      },
      WorkerFunction: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'soundbite-staging-worker',
          Role: { 'Fn::GetAtt': ['WorkerRole', 'Arn'] },
          MemorySize: 512,
        },
      },
      WorkerAlias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          Name: 'live',
          FunctionName: { Ref: 'WorkerFunction' },
          FunctionVersion: { 'Fn::GetAtt': ['WorkerVersion', 'Version'] },
        },
      },
      WorkerMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          FunctionName: { Ref: 'WorkerAlias' },
          Enabled: false,
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: { Ref: 'WorkerAlias' },
          Principal: 'events.amazonaws.com',
          SourceArn: { 'Fn::GetAtt': ['Rule', 'Arn'] },
        },
      },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: { Name: 'sweep', Targets: [{ Id: 'worker', Arn: { Ref: 'WorkerAlias' } }] },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { ApiId: { Ref: 'Api' }, RouteKey: '$default', Target: 'integrations/x' },
      },
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'queue-age' } },
    },
    Outputs: { TableName: { Value: { Ref: 'Table' }, Export: { Name: 'table' } } } as Any,
  };
}

type Base = ReturnType<typeof base>;
/** Removals between the base and a changed copy of it. */
function after(
  change: (
    template: Base & { Resources: Record<string, { Type: string; Condition?: string; Properties: Any }> },
  ) => void,
): Removal[] {
  const next = base();
  change(next as never);
  return removals(base(), next);
}
const idsAfter = (change: Parameters<typeof after>[0]) => after(change).map(({ id, what }) => `${id} ${what}`);
const workerStatements = (template: Base) =>
  template.Resources.WorkerRole.Properties.Policies[0]?.PolicyDocument.Statement ?? [];

describe('removals', () => {
  it('finds nothing where nothing was deployed, and nothing in a template that stays', () => {
    expect(removals(null, base())).toEqual([]);
    expect(removals(base(), base())).toEqual([]);
  });

  it.each<[string, Parameters<typeof after>[0], string[]]>([
    ['a table', (t) => delete (t.Resources as Any).Table, ['Table resource']],
    ['a queue', (t) => delete (t.Resources as Any).DeadLetters, ['DeadLetters resource']],
    [
      'a renamed table',
      (t) => {
        t.Resources.Table.Properties.TableName = 'other';
      },
      ['Table replacement'],
    ],
    [
      'a key',
      (t) => {
        t.Resources.Table.Properties.KeySchema = [];
      },
      ['Table replacement'],
    ],
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
      'a mapping of another queue',
      (t) => {
        t.Resources.WorkerMapping.Properties.EventSourceArn = { 'Fn::GetAtt': ['Other', 'Arn'] };
      },
      ['WorkerMapping replacement'],
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

describe('removals of permissions', () => {
  it('names the role and the action, and says where', () => {
    const found = after((t) => {
      (workerStatements(t)[0] as Any).Action = ['s3:GetObject'];
    });
    expect(found).toEqual([
      {
        id: 'WorkerRole/s3:PutObject',
        what: 'permission',
        detail: `s3:PutObject is no longer allowed on \${Bucket.Arn}/audio/*, \${Bucket.Arn}/rehearsal/*`,
      },
    ]);
  });

  it.each<[string, (t: Base) => void, string[]]>([
    [
      'a narrower resource',
      (t) => {
        (workerStatements(t)[1] as Any).Resource = 'arn:aws:polly:::lexicon/a';
      },
      ['WorkerRole/polly:SynthesizeSpeech permission'],
    ],
    [
      'a condition',
      (t) => {
        (workerStatements(t)[1] as Any).Condition = { Bool: { 'aws:SecureTransport': 'true' } };
      },
      ['WorkerRole/polly:SynthesizeSpeech permission'],
    ],
    [
      'a denial',
      (t) => {
        workerStatements(t).push({ Effect: 'Deny', Action: 's3:PutObject', Resource: '*' });
      },
      ['WorkerRole/deny:s3:PutObject permission'],
    ],
    [
      'a wider denial in a bucket policy',
      (t) => {
        delete (t.Resources.BucketPolicy.Properties.PolicyDocument.Statement[0] as Any).Condition;
      },
      ['Bucket/deny:s3:* permission'],
    ],
    [
      'who may assume the role',
      (t) => {
        t.Resources.WorkerRole.Properties.AssumeRolePolicyDocument.Statement = [];
      },
      ['WorkerRole/sts:AssumeRole permission'],
    ],
    [
      'a boundary',
      (t) => {
        (t.Resources.WorkerRole.Properties as Any).PermissionsBoundary = 'arn:b';
      },
      ['WorkerRole/PermissionsBoundary permission'],
    ],
    [
      'a NotAction in place of an action',
      (t) => {
        const s = workerStatements(t)[1] as Any;
        delete s.Action;
        s.NotAction = ['iam:*'];
      },
      ['WorkerRole/polly:SynthesizeSpeech permission'],
    ],
  ])('names %s', (_name, change, expected) => {
    expect(idsAfter(change as never)).toEqual(expected);
  });

  it.each<[string, (t: Base) => void]>([
    [
      'a wider action',
      (t) => {
        (workerStatements(t)[0] as Any).Action = 's3:*Object';
      },
    ],
    [
      'a wider resource',
      (t) => {
        (workerStatements(t)[0] as Any).Resource = { 'Fn::Sub': `\${Bucket.Arn}/*` };
      },
    ],
    [
      'another case',
      (t) => {
        (workerStatements(t)[1] as Any).Action = 'Polly:synthesizespeech';
      },
    ],
    [
      'another spelling of an ARN',
      (t) => {
        (workerStatements(t)[0] as Any).Resource = [
          { 'Fn::Sub': `\${Bucket.Arn}/audio/*` },
          { 'Fn::Sub': `\${Bucket.Arn}/rehearsal/*` },
        ];
      },
    ],
    [
      'statements split in two',
      (t) => {
        const [s] = workerStatements(t);
        workerStatements(t).splice(0, 1, { ...s, Action: 's3:GetObject' }, { ...s, Action: 's3:PutObject' });
      },
    ],
    [
      'a policy of its own',
      (t) => {
        const statements = workerStatements(t);
        const [s] = statements.splice(1, 1);
        (t.Resources as Any).Own = {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'WorkerRole' }], PolicyDocument: { Statement: s } },
        };
      },
    ],
    [
      'a managed policy',
      (t) => {
        const statements = workerStatements(t);
        const [s] = statements.splice(1, 1);
        (t.Resources as Any).Managed = {
          Type: 'AWS::IAM::ManagedPolicy',
          Properties: { PolicyDocument: { Statement: [s] } },
        };
        (t.Resources.WorkerRole.Properties as Any).ManagedPolicyArns = [{ Ref: 'Managed' }];
      },
    ],
  ])('accepts %s', (_name, change) => {
    expect(after(change as never)).toEqual([]);
  });

  it('sees a narrower wildcard as a removal: what it left out may be in use', () => {
    const wide = base();
    (workerStatements(wide)[0] as Any).Action = 's3:*';
    expect(removals(wide, base()).map(({ id }) => id)).toEqual(['WorkerRole/s3:*']);
  });
});

describe('resourceChanges', () => {
  it('says what would be added, modified, replaced and removed', () => {
    const next = base();
    next.Resources.WorkerFunction.Properties.MemorySize = 1024;
    next.Resources.Table.Properties.TableName = 'other';
    Object.assign(next.Resources, { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } });
    delete (next.Resources as Any).Alarm;
    expect(resourceChanges(base(), next)).toEqual([
      { id: 'Alarm', type: 'AWS::CloudWatch::Alarm', change: 'remove' },
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

describe('properties', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:Put*', 's3:*', 'sqs:SendMessage', '*', 'dynamodb:Get?tem');
  const resource = fc.constantFrom(
    '*',
    'arn:aws:s3:::a/*',
    { 'Fn::GetAtt': ['Table', 'Arn'] },
    { 'Fn::Sub': `\${Bucket.Arn}/audio/?` },
  );
  const oneOrMore = <T>(value: fc.Arbitrary<T>) => fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));
  const statement = fc.record(
    {
      Effect: fc.constant('Allow'),
      Action: oneOrMore(action),
      Resource: oneOrMore(resource),
      Condition: fc.constantFrom({ Bool: { a: 'true' } }, { StringLike: { b: 'c*' } }),
    },
    { requiredKeys: ['Effect', 'Action', 'Resource'] },
  );
  const statements = fc.array(statement, { maxLength: 4 });
  const id = fc.stringMatching(/^Own[A-Z][a-z]{1,5}$/);
  const withStatements = (more: readonly unknown[]) => {
    const template = base();
    workerStatements(template).push(...(more as never[]));
    return template;
  };

  it('a template takes nothing away from itself', () => {
    fc.assert(fc.property(statements, (own) => removals(withStatements(own), withStatements(own)).length === 0));
  });

  it('additions of any kind are never reported', () => {
    fc.assert(
      fc.property(statements, statements, fc.uniqueArray(id, { maxLength: 3 }), (own, more, ids) => {
        const next = withStatements([...own, ...more]);
        for (const name of ids) {
          Object.assign(next.Resources, { [name]: { Type: 'AWS::SQS::Queue', Properties: {} } });
          next.Outputs[`${name}Out`] = { Value: { Ref: name } };
          next.Parameters[`${name}In`] = { Type: 'String' };
          next.Resources.Table.Properties.GlobalSecondaryIndexes.push({
            IndexName: name,
            KeySchema: [],
            Projection: { ProjectionType: 'ALL' },
          });
        }
        expect(removals(withStatements(own), next)).toEqual([]);
      }),
    );
  });

  it('whatever is granted and then left out without a substitute is reported', () => {
    fc.assert(
      fc.property(statements, statement, (own, extra) => {
        const unlike = { ...extra, Action: 'kms:Decrypt' };
        const grantsAll = own.some(({ Action }) => [Action].flat().includes('*'));
        fc.pre(!grantsAll);
        expect(removals(withStatements([...own, unlike]), withStatements(own)).map(({ id }) => id)).toEqual([
          'WorkerRole/kms:Decrypt',
        ]);
      }),
    );
  });

  it('changes and removals agree: every removed stateful resource is in both', () => {
    fc.assert(
      fc.property(fc.subarray(['Table', 'Queue', 'Bucket', 'WorkerFunction', 'WorkerRole']), (gone) => {
        const next = base();
        for (const name of gone) delete (next.Resources as Any)[name];
        const removed = resourceChanges(base(), next)
          .filter(({ change }) => change === 'remove')
          .map(({ id }) => id);
        const reported = removals(base(), next)
          .filter(({ what }) => what === 'resource')
          .map(({ id }) => id);
        expect(removed).toEqual([...gone].sort());
        expect(reported).toEqual(removed);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Any } from '../testing/template.ts';
import { type ChangeSetDetail, type ChangeSetEntry, losses, mayLose } from './change-set.ts';
import { markTakenOut } from './taken-out.ts';

const detail = (
  property: string,
  recreation: string | undefined,
  evaluation = 'Static',
  source = 'DirectModification',
  cause?: string,
): ChangeSetDetail => ({ attribute: 'Properties', property, recreation, evaluation, source, cause });
const modify = (
  id: string,
  type: string,
  replacement: string | undefined,
  ...details: readonly ChangeSetDetail[]
): ChangeSetEntry => ({ id, type, action: 'Modify', replacement, details });
const judged = (entries: readonly ChangeSetEntry[], before: Any = {}, after: Any = {}) =>
  losses({ entries, before: { Resources: before }, after: { Resources: after } }).map(
    ({ id, detail }) => `${id}: ${detail}`,
  );

const queueType = 'AWS::SQS::Queue';
const mappingType = 'AWS::Lambda::EventSourceMapping';
const renamed = modify('Table', 'AWS::DynamoDB::Table', 'True', detail('TableName', 'Always'));
const bigger = modify('Queue', queueType, 'False', detail('VisibilityTimeout', 'Never'));
const ofQueue = (attribute: string, ...more: ChangeSetDetail[]) =>
  modify(
    'Mapping',
    mappingType,
    'Conditional',
    detail('EventSourceArn', 'Always', 'Dynamic', 'ResourceAttribute', `Queue.${attribute}`),
    ...more,
  );

describe('what a change set takes away', () => {
  it('is what it replaces, by logical id, type and property', () => {
    expect(judged([renamed])).toEqual(['Table: AWS::DynamoDB::Table is replaced when TableName changes']);
    const retained = { ...renamed, policy: 'ReplaceAndRetain' };
    expect(judged([retained])).toEqual([
      'Table: AWS::DynamoDB::Table is replaced when TableName changes; CloudFormation leaves the old one in the account',
    ]);
    expect(judged([modify('Thing', 'Acme::Shop::Cart', 'True')])).toEqual(['Thing: Acme::Shop::Cart is replaced']);
  });

  it('is what it removes, a resource whose condition no longer holds, too', () => {
    const gone: ChangeSetEntry = { id: 'Queue', type: queueType, action: 'Remove', policy: 'Delete', details: [] };
    expect(judged([gone])).toEqual(['Queue: AWS::SQS::Queue is removed']);
    expect(losses({ entries: [gone], before: {}, after: {} })).toMatchObject([{ what: 'resource' }]);
  });

  it('is what it replaces through a reference to what is replaced', () => {
    const mapping = modify(
      'Mapping',
      mappingType,
      'True',
      detail('EventSourceArn', 'Always', 'Static', 'ResourceAttribute', 'Queue.Arn'),
      detail('BatchSize', 'Never'),
    );
    expect(judged([mapping, modify('Queue', queueType, 'True', detail('QueueName', 'Always'))])).toEqual([
      'Mapping: AWS::Lambda::EventSourceMapping is replaced when EventSourceArn (through Queue.Arn) changes',
      'Queue: AWS::SQS::Queue is replaced when QueueName changes',
    ]);
  });

  it.each<[string, ChangeSetEntry, string]>([
    [
      'a property that decides only sometimes',
      modify('Db', 'AWS::RDS::DBInstance', 'Conditional', detail('StorageType', 'Conditionally')),
      'AWS::RDS::DBInstance may be replaced when StorageType changes: nobody can say before it is deployed',
    ],
    [
      'a replacement that it does not tell',
      modify('Db', 'AWS::RDS::DBInstance', undefined),
      'CloudFormation does not say whether AWS::RDS::DBInstance is replaced',
    ],
    [
      'a word that nobody knows yet',
      modify('Db', 'AWS::RDS::DBInstance', 'Sometimes'),
      'CloudFormation does not say whether AWS::RDS::DBInstance is replaced',
    ],
    [
      'an action that is decided later',
      { id: 'Db', type: 'AWS::RDS::DBInstance', action: 'Dynamic', details: [] },
      'CloudFormation cannot say what happens to AWS::RDS::DBInstance (Dynamic)',
    ],
    [
      'what happens inside a nested stack',
      modify('Db', 'AWS::CloudFormation::Stack', 'False'),
      'AWS::CloudFormation::Stack changes, and nobody can say what that changes inside it',
    ],
  ])('is what CloudFormation cannot say: %s', (_name, entry, expected) => {
    expect(mayLose([entry])).toBe(true);
    expect(judged([entry])).toEqual([`Db: ${expected}`]);
  });

  it('is nothing where all that changes stays, is new, or only watches or permits', () => {
    const harmless: ChangeSetEntry[] = [
      bigger,
      { id: 'New', type: queueType, action: 'Add', details: [] },
      { id: 'Old', type: queueType, action: 'Import', details: [] },
      { id: 'Same', type: queueType, action: 'SyncWithActual', details: [] },
      { id: 'Alarm', type: 'AWS::CloudWatch::Alarm', action: 'Remove', details: [] },
      modify('May', 'AWS::Lambda::Permission', 'True', detail('Action', 'Always')),
    ];
    expect(mayLose(harmless)).toBe(false);
    expect(judged(harmless)).toEqual([]);
  });

  it('is not what refers to the ARN of a resource that stays: conditional for CloudFormation, certain all the same', () => {
    expect(judged([ofQueue('Arn'), bigger])).toEqual([]);
    // Over several: what is excused stays, too.
    const on = modify(
      'On',
      'AWS::SNS::Subscription',
      'Conditional',
      detail('Endpoint', 'Always', 'Dynamic', 'ResourceAttribute', 'Mapping.Arn'),
    );
    expect(judged([on, ofQueue('Arn'), bigger])).toEqual([]);
  });

  it('is what refers to anything else of it, and to the ARN of one that may not stay', () => {
    const mayBe =
      'Mapping: AWS::Lambda::EventSourceMapping may be replaced when EventSourceArn (through Queue.QueueUrl) changes: nobody can say before it is deployed';
    expect(judged([ofQueue('QueueUrl'), bigger])).toEqual([mayBe]);
    expect(judged([ofQueue('Arn')])).toHaveLength(1);
    const perhaps = modify('Queue', queueType, 'Conditional', detail('FifoQueue', 'Conditionally'));
    expect(judged([ofQueue('Arn'), perhaps]).map((line) => line.split(':')[0])).toEqual(['Mapping', 'Queue']);
  });

  it('is what refers to an “Arn” that a custom resource makes up', () => {
    for (const type of ['Custom::Queue', 'AWS::CloudFormation::CustomResource', 'Acme::Shop::Queue'])
      expect(judged([ofQueue('Arn'), { ...bigger, type }])).toHaveLength(1);
  });

  it('is what is written otherwise, next to an ARN that stays', () => {
    const direct = detail('EventSourceArn', 'Always', 'Dynamic');
    const mapping = (EventSourceArn: unknown) => ({ Mapping: { Type: mappingType, Properties: { EventSourceArn } } });
    const [arn, other] = [{ 'Fn::GetAtt': ['Queue', 'Arn'] }, { 'Fn::Sub': `\${Queue.Arn}x` }];
    expect(judged([ofQueue('Arn', direct), bigger], mapping(arn), mapping(arn))).toEqual([]);
    expect(judged([ofQueue('Arn', direct), bigger], mapping(other), mapping(arn))).toHaveLength(1);
    // Nobody says through what: it may be anything.
    const alone = modify('Mapping', mappingType, 'Conditional', direct);
    expect(judged([alone, bigger], mapping(arn), mapping(arn))).toHaveLength(1);
    const sometimes = detail('StartingPosition', 'Conditionally');
    expect(judged([ofQueue('Arn', sometimes), bigger])).toHaveLength(1);
  });

  it('is not what a repair took out and creates again, nor what refers to it', () => {
    const entries: ChangeSetEntry[] = [
      { id: 'Queue', type: queueType, action: 'Add', details: [] },
      modify('Mapping', mappingType, 'True', detail('EventSourceArn', 'Always')),
      modify('On', 'AWS::SNS::Subscription', 'True', detail('Endpoint', 'Always')),
    ];
    const on = { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { Ref: 'Mapping' } } };
    const mapping = (EventSourceArn: unknown) => ({ Type: mappingType, Properties: { EventSourceArn } });
    const after = {
      Resources: {
        Queue: { Type: queueType },
        Mapping: mapping({ 'Fn::GetAtt': ['Queue', 'Arn'] }),
        On: on,
      },
    };
    const reduced = { Resources: { Mapping: mapping('arn:aws:sqs:x'), On: on } };
    const ids = (before: Any) => losses({ entries, before, after }).map(({ id }) => id);
    expect(ids(markTakenOut(reduced, ['Queue']))).toEqual([]);
    expect(ids(reduced)).toEqual(['Mapping', 'On']);
    // Another stack exports it: then the name under which this one imported it is marked.
    const imports = { Resources: { ...after.Resources, Mapping: mapping({ 'Fn::ImportValue': 'data:Arn' }) } };
    const ofImport = (before: Any) => losses({ entries: entries.slice(1), before, after: imports }).map(({ id }) => id);
    expect(ofImport(markTakenOut(reduced, ['data:Arn']))).toEqual([]);
    expect(ofImport(reduced)).toEqual(['Mapping', 'On']);
    // A template that still has the resource lost nothing, whatever it says of itself.
    expect(ids(markTakenOut({ Resources: { ...reduced.Resources, Queue: { Type: queueType } } }, ['Queue']))).toEqual([
      'Mapping',
      'On',
    ]);
  });
});

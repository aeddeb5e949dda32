import { describe, expect, it } from 'vitest';
import { type Any, base } from '../testing/template.ts';
import { forecastReplacements, typesInQuestion } from './forecast.ts';
import type { RecreationRules, TypeRules } from './recreation.ts';

const never = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'Never' as const]));
const always = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'Always' as const]));
const type = (properties: TypeRules['properties'], parts: TypeRules['parts'] = {}): TypeRules => ({
  properties,
  parts,
});

/** As AWS's specification spells them; only what the tests change. */
const rules: RecreationRules = new Map([
  ['AWS::DynamoDB::Table', type({ ...always('TableName'), KeySchema: 'Conditionally', ...never('Tags') })],
  ['AWS::SQS::Queue', type({ ...always('QueueName', 'FifoQueue'), ...never('RedrivePolicy', 'VisibilityTimeout') })],
  ['AWS::Lambda::EventSourceMapping', type({ ...always('EventSourceArn'), ...never('FunctionName', 'BatchSize') })],
  ['AWS::SNS::Subscription', type(always('Endpoint', 'TopicArn'))],
  ['AWS::Glue::Table', type(never('TableInput'), { 'TableInput/Name': 'Always', 'TableInput/Keys/*/Name': 'Always' })],
  ['AWS::CloudWatch::Alarm', type(always('AlarmName'))],
]);

type Resources = Record<string, { Type: string; Properties: Any }>;
const side = (template: Any, parameters: Record<string, string> = {}) => ({ template, parameters });
/** What is foretold when one template becomes the other: `<id>: <detail>`. */
const foretold = (before: Resources, after: Resources, more: Any = {}) =>
  forecastReplacements(side({ Resources: before, ...more }), side({ Resources: after, ...more }), rules).map(
    ({ id, detail }) => `${id}: ${detail}`,
  );
const one = (Type: string, Properties: Any): Resources => ({ One: { Type, Properties } });
const queue = (Properties: Any): Resources => ({ Queue: { Type: 'AWS::SQS::Queue', Properties } });
const mapping = (EventSourceArn: unknown): Resources => ({
  Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn } },
});
const arn = { 'Fn::GetAtt': ['Queue', 'Arn'] };

describe('the forecast of replacements', () => {
  it('says nothing of templates that stay, and asks for no rules then', () => {
    const same = side(base(), { ReleaseDigest: 'a' });
    expect(forecastReplacements(same, same, new Map())).toEqual([]);
    expect(typesInQuestion(same, same)).toEqual(new Set());
    expect(typesInQuestion(same, side(base(), { ReleaseDigest: 'b' }))).toContain('AWS::DynamoDB::Table');
  });

  it('names type and property, and whether it is certain', () => {
    const table = (name: string, key: string) => one('AWS::DynamoDB::Table', { TableName: name, KeySchema: [key] });
    expect(foretold(table('a', 'k'), table('b', 'k'))).toEqual([
      'One: AWS::DynamoDB::Table is replaced when TableName changes',
    ]);
    expect(foretold(table('a', 'k'), table('a', 'l'))).toEqual([
      'One: AWS::DynamoDB::Table may be replaced when KeySchema changes: nobody can say before it is deployed',
    ]);
    expect(foretold(one('AWS::DynamoDB::Table', {}), one('AWS::DynamoDB::Table', { Tags: [] }))).toEqual([]);
    expect(foretold(one('AWS::SQS::Queue', { FifoQueue: true }), one('AWS::SQS::Queue', {}))).toEqual([
      'One: AWS::SQS::Queue is replaced when FifoQueue changes',
    ]);
  });

  it('fails closed: a type or a property that the specification does not know counts as replaced, and says so', () => {
    expect(foretold(one('Acme::Shop::Cart', { Size: 1 }), one('Acme::Shop::Cart', { Size: 2 }))).toEqual([
      'One: Acme::Shop::Cart changes (Size), and AWS’s specification does not know this type: it counts as replaced',
    ]);
    expect(foretold(one('AWS::SQS::Queue', {}), one('AWS::SQS::Queue', { Brand: 'new' }))).toEqual([
      'One: AWS::SQS::Queue changes in Brand, which AWS’s specification does not know: it counts as replaced',
    ]);
  });

  it('follows references to what is replaced, through several resources', () => {
    const chain = (name: string): Resources => ({
      ...queue({ QueueName: name }),
      ...mapping(arn),
      Next: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { 'Fn::Sub': `x-\${Mapping}` } } },
      Far: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { 'Fn::Join': ['', [{ Ref: 'Next' }]] } } },
    });
    expect(foretold(chain('a'), chain('b'))).toEqual([
      'Far: AWS::SNS::Subscription is replaced when Endpoint (through Next) changes',
      'Mapping: AWS::Lambda::EventSourceMapping is replaced when EventSourceArn (through Queue) changes',
      'Next: AWS::SNS::Subscription is replaced when Endpoint (through Mapping) changes',
      'Queue: AWS::SQS::Queue is replaced when QueueName changes',
    ]);
  });

  it('knows that an ARN stays with its resource, and no other attribute', () => {
    const with_ = (timeout: number, source: unknown) => ({
      ...queue({ VisibilityTimeout: timeout }),
      ...mapping(source),
    });
    expect(foretold(with_(1, arn), with_(2, arn))).toEqual([]);
    expect(foretold(with_(1, { Ref: 'Queue' }), with_(2, { Ref: 'Queue' }))).toEqual([]);
    const url = { 'Fn::GetAtt': 'Queue.QueueUrl' };
    expect(foretold(with_(1, url), with_(2, url))).toEqual([
      'Mapping: AWS::Lambda::EventSourceMapping may be replaced when EventSourceArn (through Queue.QueueUrl) changes: nobody can say before it is deployed',
    ]);
  });

  it('takes the “Arn” that a custom resource makes up for any value', () => {
    const own = 'AWS::CloudFormation::CustomResource';
    const known: RecreationRules = new Map([...rules, [own, type(never('Size'))]]);
    const sized = (Size: number) =>
      side({ Resources: { Queue: { Type: own, Properties: { Size } }, ...mapping(arn) } });
    expect(forecastReplacements(sized(1), sized(2), known).map(({ id }) => id)).toEqual(['Mapping']);
  });

  it('follows parameters, conditions and mappings whose value or definition changes', () => {
    const named = (QueueName: unknown) => side({ Resources: queue({ QueueName }) });
    const by = (QueueName: unknown, more: Any, parameters: Any = {}) => ({
      ...side({ Resources: queue({ QueueName }), ...more }),
      parameters: parameters as Record<string, string>,
    });
    const found = (before: ReturnType<typeof side>, after: ReturnType<typeof side>) =>
      forecastReplacements(before, after, rules).map(({ detail }) => detail);
    const through = (name: string) => [`AWS::SQS::Queue is replaced when QueueName (through ${name}) changes`];
    const ref = { Ref: 'Release' };
    expect(found(by(ref, {}, { Release: 'a' }), by(ref, {}, { Release: 'b' }))).toEqual(through('Release'));
    const sub = { 'Fn::Sub': `q-\${Release}` };
    expect(found(by(sub, {}, { Release: 'a' }), by(sub, {}, { Release: 'b' }))).toEqual(through('Release'));
    const If = { 'Fn::If': ['Big', 'a', 'b'] };
    const conditions = { Conditions: { Big: { Condition: 'Real' }, Real: { 'Fn::Equals': [ref, 'a'] } } };
    expect(found(by(If, conditions, { Release: 'a' }), by(If, conditions, { Release: 'b' }))).toEqual(through('Big'));
    const map = { 'Fn::FindInMap': ['Names', 'a', 'b'] };
    const names = (name: string) => ({ Mappings: { Names: { a: { b: name } } } });
    expect(found(by(map, names('x')), by(map, names('y')))).toEqual(through('Names'));
    expect(found(named('same'), named('same'))).toEqual([]);
  });

  it('looks into parts that decide, and takes an expression on the way whole', () => {
    const table = (TableInput: unknown) => one('AWS::Glue::Table', { TableInput });
    const keys = (...names: string[]) => ({ Name: 't', Keys: names.map((Name) => ({ Name, Type: 'int' })) });
    expect(foretold(table({ Name: 't', Owner: 'a' }), table({ Name: 't', Owner: 'b' }))).toEqual([]);
    expect(foretold(table({ Name: 't' }), table({ Name: 'u' }))).toEqual([
      'One: AWS::Glue::Table is replaced when TableInput/Name changes',
    ]);
    expect(foretold(table(keys('a', 'b')), table(keys('a', 'c')))).toEqual([
      'One: AWS::Glue::Table is replaced when TableInput/Keys/*/Name changes',
    ]);
    const either = (name: string) => ({ 'Fn::If': ['Big', { Name: name }, { Name: 't' }] });
    expect(foretold(table(either('a')), table(either('b')))).toEqual([
      'One: AWS::Glue::Table is replaced when TableInput/Name, TableInput/Keys/*/Name change',
    ]);
  });

  it('lets what only watches or permits be replaced', () => {
    const alarm = (AlarmName: string) => one('AWS::CloudWatch::Alarm', { AlarmName });
    expect(foretold(alarm('a'), alarm('b'))).toEqual([]);
    const permission = (Action: string) => one('AWS::Lambda::Permission', { Action });
    expect(foretold(permission('a'), permission('b'))).toEqual([]);
  });

  it('ends where resources refer to one another in a circle', () => {
    const circle = (name: string): Resources => ({
      A: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { Ref: 'B' }, TopicArn: name } },
      B: { Type: 'AWS::SNS::Subscription', Properties: { Endpoint: { Ref: 'A' } } },
    });
    expect(foretold(circle('a'), circle('b')).map((line) => line.split(':')[0])).toEqual(['A', 'B']);
  });
});

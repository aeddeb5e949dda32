import { describe, expect, it } from 'vitest';
import { readAssembly } from '../inspect/read.ts';
import { asRecord, type Json } from '../template.ts';
import { findComponents } from './components.ts';
import { asApp, handedBackTemplate } from './handed-back.ts';
import { deliveredTemplate } from './template.ts';

const arn = { 'Fn::GetAtt': ['Book', 'Arn'] };
const permission = (Principal: string, of: string) => ({
  Type: 'AWS::Lambda::Permission',
  Properties: { FunctionName: arn, Principal, SourceArn: { 'Fn::GetAtt': [of, 'Arn'] } },
});
/** A function with a rule and a topic. */
const app: Json = {
  Resources: {
    Book: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Bucket: 'b', S3Key: 'k.zip' } } },
    Nightly: { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'T', Arn: arn }] } },
    Ticked: permission('events.amazonaws.com', 'Nightly'),
    News: { Type: 'AWS::SNS::Topic', Properties: {} },
    Heard: {
      Type: 'AWS::SNS::Subscription',
      Properties: { Endpoint: arn, Protocol: 'lambda', TopicArn: { Ref: 'News' } },
    },
    Told: permission('sns.amazonaws.com', 'News'),
  },
};

async function delivered(template: Json) {
  const artifacts = { Shop: { type: 'aws:cloudformation:stack', properties: { templateFile: 'shop.json' } } };
  const assembly = await readAssembly({
    shown: (path) => path,
    source: (path) => path,
    text: async (path) => JSON.stringify(path === 'manifest.json' ? { artifacts } : template),
    unpackedBytes: async () => null,
  });
  const { components, problems } = findComponents(assembly, [{ name: 'book', function: 'Book' }], 'staging');
  expect(problems).toEqual([]);
  const delivery = { stack: 'Shop', name: 'shop', environment: 'staging', components, isOneOfSeveral: false };
  return { callers: components[0]?.callers, template: deliveredTemplate(template, delivery) };
}

const resourcesOf = ({ template }: { readonly template: Json }) => {
  const { BookLive: _first, ...resources } = asRecord(template.Resources);
  return resources;
};

describe('a stack that was handed back and is adopted at once', () => {
  it('is delivered as the app is: its rules and topics are known, and no promotion has to take a permission away', async () => {
    const first = await delivered(app);
    const left = handedBackTemplate(first.template, {}) ?? {};
    expect(left.Resources).toHaveProperty('TickedOfAlias');
    const again = await delivered(asApp(left));
    expect(again.callers).toEqual(first.callers);
    expect(again.callers).toHaveLength(2);
    expect(resourcesOf(again)).toEqual(resourcesOf(first));
  });

  it('keeps what the app itself lets call an alias', async () => {
    const Nightly = { Type: 'AWS::Events::Rule', Properties: { Targets: [{ Id: 'T', Arn: { Ref: 'BookLive' } }] } };
    const { Properties, ...rest } = permission('events.amazonaws.com', 'Nightly');
    const TickedOfAlias = {
      ...rest,
      Properties: { ...Properties, FunctionName: { Ref: 'BookLive' }, SourceAccount: '1' },
    };
    const { Resources } = (await delivered(app)).template;
    for (const own of [
      { TickedOfAlias },
      { Other: { ...TickedOfAlias, Properties: { ...TickedOfAlias.Properties } } },
    ]) {
      const template = { Resources: { ...asRecord(Resources), Nightly, ...own } };
      expect(asApp(template)).toBe(template);
    }
  });
});

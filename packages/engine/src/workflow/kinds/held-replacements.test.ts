import { type Cloud, combinedTemplate, type RecreationRules, type StackState } from '@soundbite/model';
import { expect, it } from 'vitest';
import type { PromotionRun } from '../run.ts';
import { heldReplacements } from './held-replacements.ts';

const rules: RecreationRules = new Map([['AWS::SQS::Queue', { properties: { QueueName: 'Always' }, parts: {} }]]);
const pair = (QueueName: string) =>
  combinedTemplate(
    [
      {
        stack: 'data',
        template: {
          Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName } } },
          Outputs: { Jobs: { Value: { Ref: 'Jobs' }, Export: { Name: 'jobs' } } },
        },
      },
      {
        stack: 'web',
        template: { Resources: { A: { Type: 'AWS::X::A', Properties: { J: { 'Fn::ImportValue': 'jobs' } } } } },
      },
    ],
    'dev',
  );

it('what is named to be replaced is forecast where another stack imports it, and only there', async () => {
  const asked: string[] = [];
  const recreation = async (types: ReadonlySet<string>) => {
    asked.push(...types);
    return rules;
  };
  const run = { plan: { release: 'sha256:a' }, ports: { infrastructure: { recreation } } } as unknown as PromotionRun;
  const held = (named: string[]) =>
    heldReplacements(run, {
      ...{ cloud: { kind: 'emulated' } as Cloud, named, template: pair('b') },
      state: { template: pair('a'), parameters: {} } as unknown as StackState,
    });
  expect(await held(['web/A'])).toEqual([]);
  expect(asked).toEqual([]);
  expect(await held(['data/Jobs'])).toMatchObject([{ id: 'data/Jobs', what: 'export' }]);
  expect(asked).toContain('AWS::SQS::Queue');
});

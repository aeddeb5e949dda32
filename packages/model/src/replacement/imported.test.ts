import { describe, expect, it } from 'vitest';
import { combinedTemplate } from '../stacks/combined.ts';
import { removals } from '../template-changes.ts';
import { forecastReplacements } from './forecast.ts';
import { importedResources } from './imported.ts';
import type { RecreationRules } from './recreation.ts';
import { removalRefused, unnamed } from './refusal.ts';

const rules: RecreationRules = new Map([
  ['AWS::X::A', { properties: { J: 'Never' }, parts: {} }],
  ['AWS::SQS::Queue', { properties: { QueueName: 'Always', Maybe: 'Conditionally' }, parts: {} }],
]);
/** A queue, exported under a name, and a stack that imports it. */
const pair = (queue: object, { id = 'Jobs', imports = true } = {}) =>
  combinedTemplate(
    [
      {
        stack: 'data',
        template: {
          Resources: { [id]: { Type: 'AWS::SQS::Queue', Properties: queue } },
          Outputs: { Address: { Value: { 'Fn::Sub': `\${${id}.Arn}` }, Export: { Name: 'jobs' } } },
        },
      },
      {
        stack: 'web',
        template: {
          Resources: { A: { Type: 'AWS::X::A', Properties: imports ? { J: { 'Fn::ImportValue': 'jobs' } } : {} } },
        },
      },
    ],
    'dev',
  );
const foretold = (before: unknown, after: unknown) =>
  forecastReplacements({ template: before, parameters: {} }, { template: after, parameters: {} }, rules);

describe('what another stack imports', () => {
  it('is known by its id, with who imports it; of one stack there is nothing', () => {
    expect([...importedResources(pair({}))]).toEqual([['data/Jobs', ['web']]]);
    expect([...importedResources(pair({}, { imports: false }))]).toEqual([]);
    expect([...importedResources({ Resources: { Q: {} }, Outputs: { A: { Value: { Ref: 'Q' } } } })]).toEqual([]);
  });

  it('is not replaced although somebody names it, and the way round is told', () => {
    const found = foretold(pair({ QueueName: 'a' }), pair({ QueueName: 'b' }));
    const detail = 'AWS::SQS::Queue is replaced when QueueName changes, and web imports it as it is deployed';
    expect(found).toEqual([{ id: 'data/Jobs', what: 'export', detail }]);
    expect(unnamed(found, ['data/Jobs'])).toEqual(found);
    expect(removalRefused(found).hint).toBe(
      'cut a release that keeps the export as it is and no longer imports it, promote that, then this one',
    );
  });

  it('is replaced if it is named where nobody imports it as it is deployed, or where nobody can say that it is', () => {
    const free = foretold(pair({ QueueName: 'a' }, { imports: false }), pair({ QueueName: 'b' }));
    const perhaps = foretold(pair({ Maybe: 1 }), pair({ Maybe: 2 }));
    for (const found of [free, perhaps]) {
      expect(found).toMatchObject([{ id: 'data/Jobs', what: 'replacement' }]);
      expect(unnamed(found, ['data/Jobs'])).toEqual([]);
    }
  });

  it('is not another resource under the name of the export', () => {
    expect(removals(pair({}), pair({}, { id: 'Tasks' }))).toEqual([
      {
        id: 'data/Address/Value',
        what: 'export',
        detail:
          'the export jobs says data/Tasks instead of data/Jobs, and web imports it as it is deployed: keep it for one release more (exportValue in the CDK)',
      },
      { id: 'data/Jobs', what: 'resource', detail: 'AWS::SQS::Queue is removed' },
    ]);
    expect(removals(pair({}, { imports: false }), pair({}, { id: 'Tasks' })).map(({ what }) => what)).toEqual([
      'resource',
    ]);
  });
});

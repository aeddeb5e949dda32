import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { removals, resourceChanges } from './template-changes.ts';
import { type Any, base, workerStatements } from './testing/template.ts';

describe('properties', () => {
  const action = fc.constantFrom('s3:GetObject', 's3:Put*', 's3:*', 'sqs:SendMessage', '*', 'dynamodb:Get?tem');
  const resource = fc.constantFrom(
    '*',
    'arn:aws:s3:::a/*',
    { 'Fn::GetAtt': ['Table', 'Arn'] },
    { 'Fn::Sub': `\${Bucket.Arn}/bills/?` },
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

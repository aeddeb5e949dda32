import { expect, it } from 'vitest';
import { apart, failedInStacks, firstOf, type InStacks } from './failed-in-stacks.ts';

const failure = (id: string, cancelled = false): InStacks['failures'][number] => ({
  ...{ stack: 's', arn: 'arn', id, type: 'AWS::SQS::Queue', status: 'UPDATE_FAILED', reason: null },
  ...{ at: '2026-01-02T03:04:05.000Z', cancelled },
});
const all = { failures: [failure('Table'), failure('Queue'), failure('Topic', true)], leftOut: 0 };

it('causes are apart from what was only cancelled because of them', () => {
  const { causes, cancelled } = apart(all);
  expect([causes, cancelled].map((some) => some.map(({ id }) => id))).toEqual([['Table', 'Queue'], ['Topic']]);
  expect(firstOf(all)).toMatchObject({ first: { id: 'Table' }, more: 1 });
  expect(firstOf({ failures: [failure('Topic', true)], leftOut: 9 })).toMatchObject({
    first: { id: 'Topic' },
    more: 0,
  });
  expect(firstOf({ failures: [], leftOut: 0 })).toBeNull();
});

it('the last step of which it is on record counts; records of the time before have none', () => {
  const entry = { what: 'step' } as const;
  const entries = [{ ...entry, stackFailures: { ...all, leftOut: 7 } }, { ...entry, stackFailures: all }, entry];
  expect(failedInStacks({ entries } as never)).toBe(all);
  expect(failedInStacks({ entries: [entry] } as never)).toBeNull();
});

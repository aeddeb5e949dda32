import { expect, it } from 'vitest';
import { type StackFailure, stackFailuresIn, stackFailuresOf } from './failures.ts';

const failure = (id: string, more: Partial<StackFailure> = {}): StackFailure => ({
  ...{ stack: 's', arn: 'arn', id, type: 'AWS::SQS::Queue', status: 'UPDATE_FAILED', reason: null },
  ...{ at: '2026-01-02T03:04:05.000Z', cancelled: false, ...more },
});

it('causes come first, in their order, and a whole stack that is cancelled is not kept whole', () => {
  const many = Array.from({ length: 60 }, (_, n) => failure(`Cancelled${n}`, { cancelled: true }));
  const { failures, leftOut } = stackFailuresOf([...many, failure('First'), failure('Second')]);
  expect(failures.slice(0, 3).map(({ id }) => id)).toEqual(['First', 'Second', 'Cancelled0']);
  expect(failures.length + leftOut).toBe(62);
  expect(failures).toHaveLength(40);
});

it('a reason is as long as somebody reads it', () => {
  const { failures } = stackFailuresOf([failure('Queue', { reason: '🚀'.repeat(3000) })]);
  expect(failures[0]?.reason).toBe(`${'🚀'.repeat(2000)}…`);
});

it('evidence of another step, of another version, or none at all has none', () => {
  const kept = stackFailuresOf([failure('Queue')]);
  expect(stackFailuresIn(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  for (const other of [undefined, null, 'x', { recovered: [] }, { failures: [{ id: 'Queue' }], leftOut: 0 }])
    expect(stackFailuresIn(other)).toBeUndefined();
});

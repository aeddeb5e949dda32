import { expect, it } from 'vitest';
import { overAt } from './records-seen.ts';

it('a time that has not come is refused, by however little: its answer would be kept as one of the past', () => {
  const now = Date.now();
  expect(overAt(new Date(now).toISOString())).toBe(new Date(now).toISOString());
  for (const ahead of [30_000, 3_600_000]) {
    const at = new Date(now + ahead).toISOString();
    expect(() => overAt(at)).toThrow(`${at} has not come yet`);
  }
});

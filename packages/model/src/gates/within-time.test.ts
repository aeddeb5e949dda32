import { expect, it } from 'vitest';
import type { GateRecord } from './record.ts';
import { withinTime } from './within-time.ts';

const asked = Date.parse('2026-11-28T12:00:00.000Z');
const minute = 60_000;
const waits: GateRecord = {
  ...{ gate: 'approval', moment: 'entry', verdict: 'wait', reasons: ['2 must say yes'] },
  ...{ until: null, who: ['ana'], seconds: null },
};

it('waits to the last moment, and says when that is; then it fails, and nobody is asked any more', () => {
  expect(withinTime(waits, '1m', asked, asked + minute - 1)).toEqual({
    ...waits,
    reasons: ['2 must say yes', 'it fails at 2026-11-28T12:01:00.000Z'],
  });
  const { who: _, ...rest } = waits;
  const failed = { ...rest, verdict: 'fail', reasons: ['2 must say yes', 'it has waited for 1m'] };
  expect(withinTime(waits, '1m', asked, asked + minute)).toEqual(failed);
  const until = '2026-11-28T12:10:00.000Z';
  expect(withinTime({ ...waits, verdict: 'errored', until }, '1m', asked, asked + minute)).toEqual(failed);
});

it('changes nothing where it need not wait, has no limit, or nobody asked yet', () => {
  const passes: GateRecord = { ...waits, verdict: 'pass' };
  expect(withinTime(passes, '1m', asked, asked + minute)).toBe(passes);
  expect(withinTime(waits, undefined, asked, asked + minute)).toBe(waits);
  expect(withinTime(waits, '1m', null, asked + minute)).toBe(waits);
});

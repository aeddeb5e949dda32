import type { GateRecord } from '@soundbite/model';
import { expect, it } from 'vitest';
import { dearAnswers } from './dear-answers.ts';

const said = (more: Partial<GateRecord> = {}): GateRecord => ({
  ...{ gate: 'drift', moment: 'entry', verdict: 'wait', reasons: [], until: null, seconds: null },
  ...more,
});

it('an answer is kept for a minute, for its promotion and its gate', () => {
  const answers = dearAnswers(60_000);
  answers.keep('p-1', said(), 1_000);
  expect(answers.kept('p-1', 'drift', 60_999)).toEqual(said());
  expect(answers.kept('p-1', 'drift', 61_000)).toBeNull();
  expect(answers.kept('p-2', 'drift', 1_000)).toBeNull();
  expect(answers.kept('p-1', 'soak', 1_000)).toBeNull();
});

it('an answer of which the time has come is asked anew, and so is one of a clock that was put back', () => {
  const answers = dearAnswers(60_000);
  answers.keep('p-1', said({ until: new Date(5_000).toISOString() }), 1_000);
  expect(answers.kept('p-1', 'drift', 4_999)).not.toBeNull();
  expect(answers.kept('p-1', 'drift', 5_000)).toBeNull();
  expect(answers.kept('p-1', 'drift', 999)).toBeNull();
});

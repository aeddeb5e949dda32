import { expect, it } from 'vitest';
import { digestOf } from '../../digest.ts';
import type { NewestEvidence } from '../../release-evidence.ts';
import { countsAsEvidence } from './counts.ts';
import { evidenceGate } from './evidence.ts';

const now = Date.parse('2026-11-27T12:00:00.000Z');
const passing: NewestEvidence = {
  ...{ id: 'e-1', verdict: 'pass', by: 'ci', digest: digestOf('file') },
  at: '2026-11-26T12:00:00.000Z',
};
const decide = (newest: NewestEvidence | null, more: object = {}) =>
  evidenceGate.decide(newest, evidenceGate.options.parse({ kind: 'tests', ...more }), now);

it('evidence that passes lets in, and says which it is', () => {
  expect(decide(passing)).toEqual({ verdict: 'pass', reasons: ['tests passes (e-1)'] });
});

it('evidence that fails does not: the newest counts, whatever was said before', () => {
  expect(decide({ ...passing, verdict: 'fail' })).toEqual({
    verdict: 'fail',
    reasons: ['tests says that it fails (e-1)'],
  });
});

it.each([
  [
    'there is none yet',
    null,
    {},
    'there is no evidence of the kind tests yet: soundbite evidence add <release> tests --file <report>',
  ],
  ['it is too old', passing, { maxAge: '23h' }, 'tests is of 2026-11-26T12:00:00.000Z, older than 23h'],
  [
    'there is none yet of those from whom it counts',
    null,
    { by: ['scanner', 'ci'] },
    'there is no evidence of the kind tests from scanner or ci yet: soundbite evidence add <release> tests --file <report>',
  ],
])('evidence is waited for where %s', (_what, newest, more, reason) => {
  expect(decide(newest, more)).toEqual({ verdict: 'wait', reasons: [reason] });
});

it('evidence is in time to the last moment', () => {
  expect(decide(passing, { maxAge: '24h', by: ['scanner', 'ci'] }).verdict).toBe('pass');
});

it('asks for its kind, and for those alone from whom it counts', async () => {
  const asked: unknown[] = [];
  const newest = async (...question: unknown[]) => {
    asked.push(question);
    return passing;
  };
  const evidence = { newest } as never;
  const ask = (more: object) => evidenceGate.ask(evidence, evidenceGate.options.parse({ kind: 'security', ...more }));
  expect(await ask({})).toBe(passing);
  await ask({ by: ['ci'] });
  expect(asked).toEqual([
    ['security', undefined],
    ['security', ['ci']],
  ]);
});

it('counts from whom the environment says, for each kind', () => {
  const gates = [
    { gate: 'evidence', options: { kind: 'tests', by: ['ci'] }, emulated: { by: ['ana'] } },
    { gate: 'evidence', options: { kind: 'review' } },
    { gate: 'smoke', options: {} },
  ];
  const counts = (kind: 'emulated' | 'real', evidence: string, by: string) =>
    countsAsEvidence({ cloud: { kind }, gates })({ kind: evidence, by });
  expect(['ci', 'ana', 'eve'].map((by) => counts('real', 'tests', by))).toEqual([true, false, false]);
  expect(counts('emulated', 'tests', 'ana')).toBe(true);
  expect(['review', 'load'].map((kind) => counts('real', kind, 'eve'))).toEqual([true, true]);
  // Nobody recorded how it was declared.
  expect(countsAsEvidence(null)({ kind: 'tests', by: 'eve' })).toBe(true);
});

it('people are the same whatever their capitals, as their tokens name them', () => {
  const { by } = evidenceGate.options.parse({ kind: 'tests', by: ['Ana@Example.com', 'ci'] });
  expect(by).toEqual(['ana@example.com', 'ci']);
});

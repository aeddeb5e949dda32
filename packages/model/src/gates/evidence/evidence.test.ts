import { expect, it } from 'vitest';
import { digestOf } from '../../digest.ts';
import type { NewestEvidence } from '../../release-evidence.ts';
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
  ['it is from somebody else', passing, { by: ['scanner'] }, 'tests is from ci; it counts from scanner'],
  [
    'it is from somebody else and fails',
    { ...passing, verdict: 'fail' as const },
    { by: ['scanner'] },
    'tests is from ci; it counts from scanner',
  ],
])('evidence is waited for where %s', (_what, newest, more, reason) => {
  expect(decide(newest, more)).toEqual({ verdict: 'wait', reasons: [reason] });
});

it('evidence is in time to the last moment', () => {
  expect(decide(passing, { maxAge: '24h', by: ['scanner', 'ci'] }).verdict).toBe('pass');
});

it('asks for its kind', async () => {
  const asked: string[] = [];
  const newest = async (kind: string) => {
    asked.push(kind);
    return passing;
  };
  const evidence = { newest } as never;
  expect(await evidenceGate.ask(evidence, evidenceGate.options.parse({ kind: 'security' }))).toBe(passing);
  expect(asked).toEqual(['security']);
});

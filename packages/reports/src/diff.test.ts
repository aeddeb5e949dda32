import { expect, it } from 'vitest';
import { type DiffFacts, diffReport } from './diff.ts';
import { a, b } from './testing.ts';

const diff: DiffFacts = {
  from: { environment: 'staging', at: null, release: a, commit: '1'.repeat(40), dirty: true },
  to: { environment: 'production', at: '2026-11-01T08:00:00.000Z', release: b, commit: null, dirty: false },
  commits: [
    { commit: '2'.repeat(40), subject: 'Speak louder', only: 'from' },
    { commit: '3'.repeat(40), subject: 'Hotfix', only: 'to' },
  ],
  settings: [
    { path: 'limits.textBytes', from: 3000, to: 4000, because: ['release'] },
    { path: 'level', from: null, to: 'warn', because: ['environment'] },
  ],
  resources: [
    { id: 'Queue', type: 'AWS::SQS::Queue', change: 'add', because: ['release'] },
    { id: 'Table', type: 'AWS::DynamoDB::Table', change: 'modify', because: ['environment'] },
  ],
  gates: [
    { gate: 'soak', from: { seconds: 60, requests: 5 }, to: { seconds: 3600, requests: 5 } },
    { gate: 'approval', from: null, to: { by: 2 } },
    { gate: 'smoke', from: {}, to: null },
  ],
  unknown: [{ what: 'commits', reason: 'it was cut with changes' }],
};

it('says what differs, with its cause, and what is not known', () => {
  expect(diffReport(diff).split('\n')).toEqual([
    'staging → production at 2026-11-01 08:00:00 UTC',
    '  staging: aaaaaaaaaaaa of commit 1111111 with changes',
    '  production at 2026-11-01 08:00:00 UTC: bbbbbbbbbbbb',
    'commits only in production at 2026-11-01 08:00:00 UTC:',
    '  3333333 Hotfix',
    'commits only in staging:',
    '  2222222 Speak louder',
    'settings:',
    '  ~ limits.textBytes: 3000 → 4000 (of the release)',
    '  ~ level: absent → "warn" (of the environment)',
    'resources:',
    '  + Queue (AWS::SQS::Queue)',
    '1 more resource differs between the environments alone, whatever the release',
    'gates:',
    '  ~ soak: seconds 60 → 3600',
    '  + approval {"by":2}',
    '  - smoke',
    'not known:',
    '  commits: it was cut with changes',
  ]);
});

it('says that nothing differs only where everything was compared', () => {
  const same = { ...diff, commits: [], settings: [], resources: [], gates: [] };
  expect(diffReport(same)).not.toContain('nothing differs');
  expect(diffReport({ ...same, unknown: [] })).toContain('\nnothing differs');
  const none = { ...diff.from, release: null };
  expect(diffReport({ ...same, from: none })).toContain('  staging: nothing live');
});

import type { GateRecord } from '@soundbite/model/gates/record.ts';
import type { TimelineEntry } from '@soundbite/model/timeline/entry.ts';
import { expect, it } from 'vitest';
import { timelineReport } from './index.ts';
import { view } from './testing.ts';
import type { Paint } from './text.ts';

const time = (clock: string) => `2026-01-02T${clock}.000Z`;
const entry = (
  what: TimelineEntry['what'],
  clock: string | null,
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  ...{ what, at: clock === null ? null : time(clock), seconds: null, by: null, reason: null, gates: [] },
  ...more,
});
const timeline = (more: Partial<Parameters<typeof timelineReport>[0]> = {}) => ({
  ...view({ state: 'succeeded', createdAt: time('03:00:00'), beganAt: time('05:00:02'), finishedAt: time('05:00:14') }),
  ...{ role: 'deployer', follows: null, aborts: null, entries: [], evidence: [] },
  ...more,
});
const gate = (
  name: string,
  verdict: GateRecord['verdict'],
  reason: string,
  until: string | null = null,
): GateRecord => ({
  ...{ gate: name, moment: 'entry', verdict, reasons: [reason], until, seconds: null },
});
const now = Date.parse(time('05:10:00'));

it('a timeline has a line for each thing, with how long it took', () => {
  const smoke = { ...gate('smoke', 'pass', '7 facts'), moment: 'version' } as const;
  const document = timeline({
    asked: { reason: 'release night', override: true, breakGlass: false, allowRemovals: [], through: null },
    follows: 'p-0',
    entries: [
      entry('asked', '03:00:00', { by: 'ana@example.com', reason: 'release night' }),
      entry('wait', '03:00:00', {
        ...{ seconds: 7200, reason: 'freeze: frozen' },
        gates: [gate('freeze', 'wait', 'frozen by bob (night)', time('06:00:00'))],
      }),
      entry('word', '04:00:00', { by: 'bob@example.com', role: 'approver', verdict: 'yes', reason: 'tried' }),
      entry('admitted', '05:00:00', {
        ...{
          reason: 'healthy in staging',
          gates: [gate('soak', 'pass', '9 requests'), gate('drift', 'overridden', 'x')],
        },
      }),
      entry('turn', '05:00:00', { seconds: 2, reason: 'p-7 has production' }),
      entry('step', '05:00:02', {
        ...{ seconds: 12, reason: '7 facts', gates: [smoke], step: { name: 'smoke', state: 'succeeded', attempts: 2 } },
      }),
      entry('ended', '05:00:14', { state: 'succeeded' }),
    ],
    evidence: [
      {
        ...{ kind: 'tests', verdict: 'pass', digest: `sha256:${'5'.repeat(64)}`, by: 'ci', at: time('02:00:00') },
        ...{ newest: false, counted: true },
      },
    ],
  });
  expect(timelineReport(document, now).split('\n')).toEqual([
    'production ← aaaaaaaaaaaa (was bbbbbbbbbbbb) succeeded in 2 h 0 min',
    'promotion p-1, asked for by local (deployer): --override --reason "release night"; after promotion p-0',
    'waited 2 h 0 min, worked 12.0 s',
    'at (UTC)                  took',
    '2026-01-02 03:00:00             asked for by ana@example.com: release night',
    '2026-01-02 03:00:00  2 h 0 min  waited for freeze: frozen by bob (night) (until 2026-01-02 06:00:00 UTC)',
    '2026-01-02 04:00:00             yes of bob@example.com (approver): tried',
    '2026-01-02 05:00:00             let in: healthy in staging',
    '                                pass soak: 9 requests',
    '                                overridden drift: x',
    '2026-01-02 05:00:00      2.0 s  waited for its turn: p-7 has production',
    '2026-01-02 05:00:02     12.0 s  ✓ smoke (gate of version, begun 2 times): 7 facts',
    '2026-01-02 05:00:14             succeeded',
    'evidence:',
    '  pass tests  sha256:555555555555  ci at 2026-01-02 02:00:00 UTC, replaced since',
  ]);
});

it('what failed in a stack stands below its step, the first first, and what was only cancelled in one line', () => {
  const failed = (id: string, more: object = {}) => ({
    ...{ stack: 'shop', arn: 'arn', id, type: 'AWS::SQS::Queue', status: 'UPDATE_FAILED', cancelled: false },
    ...{ reason: 'the name is\u001b[2J taken' as string | null, at: time('05:00:10'), ...more },
  });
  const failures = [
    failed('Queue'),
    failed('Topic', { reason: null }),
    failed('Table', { cancelled: true }),
    failed('Api', { cancelled: true }),
  ];
  const step = { name: 'infrastructure', state: 'failed', attempts: 1 } as const;
  const entries = [entry('step', '05:00:02', { seconds: 12, step, stackFailures: { failures, leftOut: 1 } })];
  const indent = ' '.repeat(29);
  expect(timelineReport(timeline({ entries }), now).split('\n').slice(-5)).toEqual([
    '2026-01-02 05:00:02  12.0 s  ✗ infrastructure (failed)',
    `${indent}✗ 2026-01-02 05:00:10 shop: Queue (AWS::SQS::Queue) UPDATE_FAILED: the name is\\x1b[2J taken`,
    `${indent}✗ 2026-01-02 05:00:10 shop: Topic (AWS::SQS::Queue) UPDATE_FAILED: no reason given`,
    `${indent}- cancelled because of that: Table, Api`,
    `${indent}- 1 more event, left out here`,
  ]);
});

it('of what has not ended it counts until now, and dims waits', () => {
  const paint: Paint = (tone, text) => (tone === 'dim' ? `<${text}>` : text);
  const open = timeline({
    ...{ state: 'waiting', beganAt: null, finishedAt: null },
    entries: [entry('asked', '03:00:00', { by: 'ana' }), entry('wait', '05:09:30', { reason: 'hold: \u001b[2J' })],
  });
  const lines = timelineReport(open, now, paint).split('\n');
  expect(lines[2]).toBe('waits for 2 h 10 min');
  expect(lines.at(-1)).toBe('<2026-01-02 05:09:30  30.0 s  waits: hold: \\x1b[2J>');
  const undecided = timelineReport({ ...open, entries: [entry('wait', '05:09:30')] }, now);
  expect(undecided).toMatch(/30\.0 s {2}waits, nobody has decided on it yet$/);
  const runs = timeline({
    ...{ state: 'running', finishedAt: null },
    entries: [entry('step', '05:09:00', { step: { name: 'shift', state: 'running', attempts: 1 } })],
  });
  expect(timelineReport(runs, now)).toContain('waited 2 h 0 min, works for 9 min 58 s');
  expect(timelineReport(runs, now)).toMatch(/ 1 min 0 s {2}● shift \(running\)$/);
});

it('evidence came later than what was let in; of what never was it says no such thing', () => {
  const evidence = [
    {
      ...{
        ...{
          kind: 'tests',
          verdict: 'pass' as const,
          digest: `sha256:${'5'.repeat(64)}`,
          by: 'ci',
          at: time('02:00:00'),
        },
        ...{ newest: false, counted: true },
      },
      newest: true,
      counted: false,
    },
  ];
  expect(timelineReport(timeline({ evidence }), now)).toContain(', came later');
  const never = { state: 'failed', admission: null, beganAt: null } as const;
  expect(timelineReport(timeline({ ...never, evidence }), now)).not.toContain('came later');
});

it('says who asked it to stop, where that is on record', () => {
  const stops = (by: string | null) =>
    timelineReport(timeline({ entries: [entry('stop-asked', '05:09:00', { by, reason: 'wrong release' })] }), now);
  expect(stops('ben')).toContain('asked to stop by ben: wrong release');
  expect(stops(null)).toContain('asked to stop: wrong release');
});

it('of a clock that was put back it counts nothing, instead of less than that', () => {
  const [head, , spans] = timelineReport(
    timeline({ createdAt: time('05:30:00'), beganAt: time('05:40:00') }),
    now,
  ).split('\n');
  expect(head).toMatch(/ succeeded in 0\.0 s$/);
  expect(spans).toBe('waited 10 min 0 s, worked 0.0 s');
});

it('a gate that was gone past although it failed is marked, with why', () => {
  const smoke = { ...gate('smoke', 'overridden', 'flaky'), moment: 'version', reasons: ['flaky', 'silence'] } as const;
  const failed = entry('step', '05:00:02', {
    ...{ seconds: 1, reason: 'silence', gates: [{ ...smoke, reasons: [...smoke.reasons] }] },
    step: { name: 'smoke', state: 'failed', attempts: 1 },
  });
  expect(timelineReport(timeline({ entries: [failed] }), now)).toContain(
    '✗ smoke (failed, gate of version: overridden): flaky, silence',
  );
});

it('of old records it says what is not on record, and of a step that never ended no time', () => {
  const left = entry('step', '05:00:02', { step: { name: 'shift', state: 'running', attempts: 1 } });
  const text = timelineReport(timeline({ state: 'aborted', entries: [entry('admitted', null), left] }), now);
  expect(text).toContain('\nnot on record              let in\n');
  expect(text).toMatch(/05:00:02 {5}- {2}● shift \(running\)$/);
  const refused = timeline({ state: 'failed', beganAt: null, reason: 'blocked', role: null });
  expect(timelineReport(refused, now)).toContain('asked for by local\nwaited 2 h 0 min, took no step\n');
});

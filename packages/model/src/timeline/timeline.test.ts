import { describe, expect, it } from 'vitest';
import type { GateRecord } from '../gates/record.ts';
import type { PromotionView } from '../promotion.ts';
import { spansOf } from './spans.ts';
import { type TimelineFacts, timelineOf } from './timeline.ts';
import type { WaitingLook } from './waits.ts';

/** The nth second of a minute. */
const at = (second: number) => `2026-01-02T03:04:${String(second).padStart(2, '0')}.000Z`;

const view = (more: Partial<PromotionView> = {}): PromotionView => ({
  ...{ promotion: 'p-1', environment: 'production', kind: 'promote', release: `sha256:${'a'.repeat(64)}` },
  ...{ previous: null, state: 'succeeded', reason: null, waitsFor: null, gates: [], waitingFor: [] },
  ...{ admission: 'healthy in staging', steps: [], planned: [], createdAt: at(0), beganAt: at(30), finishedAt: at(40) },
  ...{ actor: 'ana', rest: [], next: null },
  asked: { reason: 'release night', override: false, breakGlass: false, allowRemovals: [], through: null },
  ...more,
});

const facts = (more: Partial<TimelineFacts> = {}): TimelineFacts => ({
  ...{ view: view(), admittedAt: at(20), looks: [], steps: [], words: [], said: [] },
  ...more,
});

const gate = (name: string, verdict: GateRecord['verdict'], reason = name): GateRecord => ({
  ...{ gate: name, moment: 'entry', verdict, reasons: [reason], until: null, seconds: null },
});

const look = (second: number, more: Partial<WaitingLook> = {}): WaitingLook => ({
  ...{ at: at(second), admission: null, reason: null, gates: [] },
  ...more,
});

const kept = (second: number, ...gates: GateRecord[]) =>
  look(second, { reason: gates.map(({ reasons }) => reasons[0]).join('; '), gates });
const letIn = (second: number, more: Partial<WaitingLook> = {}) =>
  look(second, { admission: 'healthy in staging', ...more });

const short = (given: Partial<TimelineFacts>) =>
  timelineOf(facts(given)).map(({ what, at: when, seconds, reason }) => [what, when, seconds, reason]);

const asked = ['asked', at(0), null, 'release night'];
const ended = ['ended', at(40), null, null];

describe('a timeline', () => {
  it('has each wait apart, one that counts what is missing once, and what let it in', () => {
    const entries = timelineOf(
      facts({
        looks: [
          look(0),
          kept(1, gate('soak', 'wait', '3 of 9 requests'), gate('evidence', 'pass')),
          kept(5, gate('soak', 'wait', '8 of 9 requests'), gate('evidence', 'pass')),
          kept(9, gate('freeze', 'wait')),
          letIn(20, { gates: [gate('soak', 'pass'), gate('drift', 'overridden')], reason: 'p-0 has production' }),
          letIn(25),
        ],
      }),
    );
    expect(entries).toEqual([
      expect.objectContaining({ what: 'asked', by: 'ana' }),
      expect.objectContaining({
        what: 'wait',
        at: at(1),
        seconds: 8,
        gates: [gate('soak', 'wait', '8 of 9 requests')],
      }),
      expect.objectContaining({ what: 'wait', at: at(9), seconds: 11, gates: [gate('freeze', 'wait')] }),
      expect.objectContaining({
        ...{ what: 'admitted', at: at(20), reason: 'healthy in staging' },
        gates: [gate('soak', 'pass'), gate('drift', 'overridden')],
      }),
      expect.objectContaining({ what: 'turn', at: at(20), seconds: 10, reason: 'p-0 has production' }),
      expect.objectContaining({ what: 'ended', state: 'succeeded' }),
    ]);
  });

  it('of what was taken back while it waited for its turn has both admissions', () => {
    const looks = [
      letIn(2, { reason: 'p-0 has production' }),
      look(6, { reason: 'p-0 has production' }),
      kept(7, gate('hold', 'wait')),
      letIn(12),
    ];
    expect(short({ looks })).toEqual([
      asked,
      ['admitted', at(2), null, 'healthy in staging'],
      ['turn', at(2), 4, 'p-0 has production'],
      ['wait', at(7), 5, 'hold'],
      ['admitted', at(12), null, 'healthy in staging'],
      ['turn', at(12), 18, null],
      ended,
    ]);
  });

  it('says of what has not ended what it waits for', () => {
    const open = view({ state: 'waiting', admission: null, beganAt: null, finishedAt: null });
    expect(short({ view: open, looks: [look(0)] })).toEqual([asked, ['wait', at(0), null, null]]);
    const looks = [look(0), kept(1, gate('approval', 'wait'))];
    expect(short({ view: open, looks })).toEqual([asked, ['wait', at(1), null, 'approval']]);
    const turn = view({ state: 'waiting', beganAt: null, finishedAt: null });
    expect(short({ view: turn, looks: [letIn(1)] }).at(-1)).toEqual(['turn', at(1), null, null]);
  });

  it('has words, steps and what was said in order of time', () => {
    const step = { name: 'smoke', state: 'failed', detail: 'silence', attempts: 2, at: at(31), seconds: 3 } as const;
    const word = { person: 'bob', role: 'approver', verdict: 'no', reason: 'wait', at: at(6) } as const;
    const said = [{ what: 'stop-asked', at: at(33), reason: 'enough', by: 'ben' }] as const;
    const gates: GateRecord[] = [
      { gate: 'smoke', moment: 'version', verdict: 'fail', reasons: ['silence'], until: null, seconds: 3 },
    ];
    const entries = timelineOf(
      facts({
        view: view({ gates }),
        steps: [step],
        words: [word],
        said,
        looks: [kept(1, gate('approval', 'wait')), letIn(20)],
      }),
    );
    const order = ['asked', 'wait', 'word', 'admitted', 'turn', 'step', 'stop-asked', 'ended'];
    expect(entries.map(({ what }) => what)).toEqual(order);
    expect(entries[2]).toMatchObject({ by: 'bob', role: 'approver', verdict: 'no', reason: 'wait' });
    expect(entries[6]).toMatchObject({ by: 'ben', reason: 'enough' });
    expect(entries[5]).toMatchObject({
      ...{ seconds: 3, reason: 'silence', step: { name: 'smoke', state: 'failed', attempts: 2 } },
      gates: [{ gate: 'smoke', moment: 'version', verdict: 'fail', reasons: ['silence'] }],
    });
  });

  it('has of a step what its gate said: one that was gone past although it failed is overridden', () => {
    const detail = 'silence';
    const smoke = {
      ...gate('smoke', 'overridden'),
      moment: 'version',
      reasons: ['flaky', detail],
      seconds: 3,
    } as const;
    const step = { name: 'smoke', state: 'failed', detail, attempts: 1, at: at(31), seconds: 3 } as const;
    const gates = [gate('soak', 'pass'), { ...smoke, reasons: [...smoke.reasons] }];
    const entries = timelineOf(facts({ view: view({ gates }), steps: [step] }));
    expect(entries.find(({ what }) => what === 'step')).toMatchObject({ step: { state: 'failed' }, gates: [smoke] });
    expect(entries.find(({ what }) => what === 'admitted')?.gates).toEqual([gate('soak', 'pass')]);
  });

  it('of what was refused has what its gates said at the end', () => {
    const refused = view({
      ...{ state: 'failed', reason: 'blocked', admission: null, beganAt: null, gates: [gate('block', 'fail')] },
    });
    const entries = timelineOf(facts({ view: refused, admittedAt: null, looks: [look(0)] }));
    expect(entries.map(({ what }) => what)).toEqual(['asked', 'ended']);
    expect(entries[1]).toMatchObject({ state: 'failed', reason: 'blocked', gates: [gate('block', 'fail')] });
  });

  it('keeps the order of what came, although the clock was put back, and nothing takes less than no time', () => {
    const step = (name: 'verify' | 'smoke', second: number) =>
      ({ name, state: 'succeeded', detail: null, attempts: 1, at: at(second), seconds: 1 }) as const;
    const looks = [
      kept(20, gate('soak', 'wait')),
      letIn(30, { reason: 'p-0 has production' }),
      kept(5, gate('hold', 'wait')),
      letIn(9),
    ];
    const word = { person: 'bob', role: 'approver', verdict: 'yes', reason: null, at: at(25) } as const;
    const steps = [step('verify', 10), step('smoke', 11)];
    const put = view({ beganAt: at(10), finishedAt: at(12) });
    expect(short({ view: put, looks, steps, words: [word, { ...word, at: at(8) }] })).toEqual([
      asked,
      ['wait', at(20), 10, 'soak'],
      ['word', at(25), null, null],
      ['word', at(8), null, null],
      ['admitted', at(30), null, 'healthy in staging'],
      ['turn', at(30), 0, 'p-0 has production'],
      ['wait', at(5), 4, 'hold'],
      ['admitted', at(9), null, 'healthy in staging'],
      ['turn', at(9), 1, null],
      ['step', at(10), 1, null],
      ['step', at(11), 1, null],
      ['ended', at(12), null, null],
    ]);
    expect(spansOf(view({ createdAt: at(50) }))).toEqual({ waitedSeconds: 0, workedSeconds: 10 });
  });

  it('of old records invents no times: neither of waits nor of what let it in', () => {
    const step = { name: 'verify', state: 'succeeded', detail: null, attempts: 1, at: at(30), seconds: 1 } as const;
    // Of the time when the first step let it in: a later version wrote a time, and knew no reason.
    const old = { view: view({ admission: null }), admittedAt: at(0), steps: [step] };
    expect(short(old)).toEqual([asked, ['admitted', null, null, null], ['step', at(30), 1, null], ended]);
    expect(short({})).toEqual([asked, ['admitted', at(20), null, 'healthy in staging'], ended]);
  });
});

it('what a promotion waited is apart from what it worked', () => {
  expect(spansOf(view())).toEqual({ waitedSeconds: 30, workedSeconds: 10 });
  expect(spansOf(view({ finishedAt: null }))).toEqual({ waitedSeconds: 30, workedSeconds: null });
  expect(spansOf(view({ beganAt: null }))).toEqual({ waitedSeconds: 40, workedSeconds: null });
  expect(spansOf(view({ beganAt: null, finishedAt: null }))).toEqual({ waitedSeconds: null, workedSeconds: null });
});

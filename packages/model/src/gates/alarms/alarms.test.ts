import { expect, it } from 'vitest';
import { alarmsGate } from './alarms.ts';
import type { CloudAlarm } from './cloud-alarm.ts';

const since = Date.parse('2026-11-27T12:00:00.000Z');
const alarm = (name: string, state: CloudAlarm['state']): CloudAlarm => ({ name, state, since });
const fine = alarm('errors', 'OK');
const loud = alarm('errors', 'ALARM');
const blind = alarm('errors', 'INSUFFICIENT_DATA');
const late = alarm('latency', 'ALARM');

const given = (more: object) => alarmsGate.options.parse({ names: ['errors'], ...more });
const entering = (alarms: readonly CloudAlarm[] | null, fixForward: string | null = null, more: object = {}) =>
  alarmsGate.decide({ moment: 'entry', alarms, fixForward }, given(more), since);
const serving = (alarms: readonly CloudAlarm[], { before = [] as string[], seconds = 0 } = {}, more: object = {}) =>
  alarmsGate.decide({ moment: 'traffic', alarms, before, passedMs: seconds * 1000 }, given(more), since);

const rings = 'errors rings since 2026-11-27T12:00:00.000Z';

it('lets in where all are OK, and where nothing is live that could make one ring', () => {
  expect(entering([fine])).toEqual({ verdict: 'pass', reasons: ['1 OK'] });
  expect(entering(null)).toEqual({ verdict: 'pass', reasons: ['nothing is live here that could make one ring'] });
});

it('one that rings already is named and waited for, and the way in is said', () => {
  const { verdict, reasons } = entering([loud]);
  expect([verdict, reasons[0]]).toEqual(['wait', rings]);
  expect(reasons.join()).toContain('--fix-forward');
});

it('whoever fixes it forward enters, with exactly those that ring, by name', () => {
  expect(entering([loud, alarm('quiet', 'OK')], 'this mends it')).toEqual({
    verdict: 'pass',
    reasons: ['fixed forward: this mends it', rings],
    let: ['errors'],
  });
  // Nothing rings: there is nothing to let go on.
  expect(entering([fine], 'this mends it')).toEqual({ verdict: 'pass', reasons: ['1 OK'] });
});

it('one that is not there is never a pass, by name or by prefix', () => {
  expect(entering([])).toMatchObject({ verdict: 'wait', reasons: ['there is no alarm errors', expect.anything()] });
  const begun = { names: [], prefix: 'shop/' };
  expect(entering([fine], null, begun)).toMatchObject({
    verdict: 'wait',
    reasons: ['there is no alarm shop/*', expect.anything()],
  });
  expect(entering([alarm('shop/errors', 'OK')], null, begun).verdict).toBe('pass');
  expect(serving([])).toEqual({ verdict: 'wait', reasons: ['there is no alarm errors'] });
  expect(serving([], { seconds: 600 })).toEqual({
    verdict: 'fail',
    reasons: ['no verdict is possible: there is no alarm errors'],
  });
});

it('one without enough data is no verdict, unless that is declared to pass', () => {
  const reason = 'errors has too little data for a verdict';
  expect(entering([blind])).toMatchObject({ verdict: 'wait', reasons: [reason, expect.anything()] });
  expect(serving([blind])).toEqual({ verdict: 'wait', reasons: [reason] });
  expect(serving([blind], { seconds: 600 }).verdict).toBe('fail');
  const lenient = { insufficientData: 'pass' };
  expect(entering([blind], null, lenient).verdict).toBe('pass');
  expect(serving([blind], {}, lenient).verdict).toBe('pass');
});

it('in traffic one that begins to ring fails it at once; what rang before may go on, and is named', () => {
  expect(serving([loud], {}, { seconds: 60 })).toEqual({ verdict: 'fail', reasons: [rings] });
  expect(serving([loud, late], { before: ['errors'] })).toEqual({
    verdict: 'fail',
    reasons: ['latency rings since 2026-11-27T12:00:00.000Z'],
  });
  expect(serving([loud, alarm('latency', 'OK')], { before: ['errors'] })).toEqual({
    verdict: 'pass',
    reasons: ['1 OK', 'errors rings as before, and is fixed forward'],
  });
  // It has no data for a moment.
  expect(serving([blind], { before: ['errors'] }).verdict).toBe('pass');
});

it('they have to stay OK for the seconds that are declared', () => {
  expect(serving([fine], { seconds: 59 }, { seconds: 60 })).toEqual({ verdict: 'wait', reasons: [] });
  expect(serving([fine], { seconds: 60 }, { seconds: 60 }).verdict).toBe('pass');
});

it('which alarms has to be said', () => {
  expect(alarmsGate.options.safeParse({}).error?.issues[0]?.message).toBe('must have a name, unless there is a prefix');
  expect(alarmsGate.options.safeParse({ prefix: 'shop/' }).success).toBe(true);
});

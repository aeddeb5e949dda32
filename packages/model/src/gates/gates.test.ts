import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestOf } from '../digest.ts';
import type { Gate, GateResult } from './gate.ts';
import { type GateName, gateNames, gates } from './map.ts';

/** What every gate is held to. A new one brings its line of cases: facts that pass, and those that wait or fail where it can. */

const now = Date.parse('2026-11-28T12:00:00.000Z');
const at = new Date(now - 60_000).toISOString();

interface Case {
  readonly verdict: GateResult['verdict'];
  readonly facts: unknown;
  readonly options?: object;
}

const newest = { id: 'e-1', verdict: 'pass', by: 'ci', at, digest: digestOf('file') };
const people = { approvers: [{ person: 'ana', role: 'approver' }], requester: 'ben', authors: [] };
const word = (verdict: 'yes' | 'no') => ({ person: 'ana', role: 'approver', verdict, reason: null, at });
const alarm = (state: string) => ({ name: 'errors', state, since: now });
const program = (...facts: object[]) => ({ kind: 'smoke', at, release: digestOf('r'), environment: 'e', facts });
const watched = { requests: 9, bad: 0, watchedMs: 5000, unhealthyLooks: 0, unhealthyLimit: 3 };
const programs: readonly Case[] = [
  { verdict: 'pass', facts: program({ name: 'answers', ok: true, detail: '' }) },
  { verdict: 'fail', facts: program({ name: 'answers', ok: false, detail: 'answered 500' }) },
  { verdict: 'fail', facts: program() },
];

const cases: Readonly<Record<GateName, readonly Case[]>> = {
  soak: [
    {
      verdict: 'pass',
      options: { seconds: 60 },
      facts: { live: { environment: 'e', since: now - 60_000 }, tally: null },
    },
    { verdict: 'wait', options: { seconds: 60 }, facts: { live: { environment: 'e', since: now }, tally: null } },
    {
      verdict: 'fail',
      options: { seconds: 0, requests: 1 },
      facts: { live: { environment: 'e', since: now }, tally: { requests: 2, bad: 2 } },
    },
  ],
  drift: [
    { verdict: 'pass', facts: [] },
    { verdict: 'wait', facts: [{ where: 'the handler', detail: 'is another one', hint: 'soundbite repair e' }] },
  ],
  evidence: [
    { verdict: 'pass', options: { kind: 'tests' }, facts: newest },
    { verdict: 'wait', options: { kind: 'tests' }, facts: null },
    { verdict: 'fail', options: { kind: 'tests' }, facts: { ...newest, verdict: 'fail' } },
  ],
  approval: [
    { verdict: 'pass', facts: { ...people, said: [word('yes')] } },
    { verdict: 'wait', facts: { ...people, said: [] } },
    { verdict: 'fail', facts: { ...people, said: [word('no')] } },
  ],
  alarms: [
    {
      verdict: 'pass',
      options: { names: ['errors'] },
      facts: { moment: 'entry', alarms: [alarm('OK')], fixForward: null },
    },
    { verdict: 'wait', options: { names: ['errors'] }, facts: { moment: 'entry', alarms: [], fixForward: null } },
    {
      verdict: 'fail',
      options: { names: ['errors'] },
      facts: { moment: 'traffic', alarms: [alarm('ALARM')], before: [], passedMs: 0 },
    },
  ],
  smoke: programs,
  tests: programs,
  watch: [
    { verdict: 'pass', options: { seconds: 5 }, facts: watched },
    { verdict: 'wait', options: { seconds: 60 }, facts: watched },
    { verdict: 'fail', options: { seconds: 5 }, facts: { ...watched, bad: 9 } },
  ],
};

/** Whoever writes to it throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}

describe.each(gateNames)('the gate %s', (name) => {
  const gate = gates[name] as Gate<z.ZodObject, unknown>;

  it('is asked at known moments, once each, and says when it passes', () => {
    expect(gate.moments.length).toBeGreaterThan(0);
    expect(new Set(gate.moments).size).toBe(gate.moments.length);
    expect(gate.passes).toMatch(/^\S.*[^.]$/);
  });

  it('describes each of its options, of which one says whose override passes it, and takes no other', () => {
    const { properties = {} } = z.toJSONSchema(gate.options, { io: 'input' });
    const undescribed = Object.entries(properties).filter(
      ([, value]) => !(value as { description?: string }).description,
    );
    expect(undescribed).toEqual([]);
    expect(properties).toHaveProperty('override');
    // Nothing is asked without an end.
    expect(
      Object.keys(properties).filter((one) => one === 'timeout' || one === 'waitAtMost' || one === 'seconds'),
    ).not.toEqual([]);
    const given = { ...cases[name][0]?.options, mistyped: 1 };
    expect(gate.options.safeParse(given).error?.issues[0]).toMatchObject({ code: 'unrecognized_keys' });
  });

  it.each(cases[name])(
    'decides $verdict by facts, options and time alone, with reasons that people can read',
    (one) => {
      const options = frozen(gate.options.parse(one.options ?? {}));
      expect(gate.options.parse(JSON.parse(JSON.stringify(options)))).toEqual(options);
      const said = gate.decide(frozen(structuredClone(one.facts)), options, now);
      expect(gate.decide(structuredClone(one.facts), options, now)).toEqual(said);
      expect(said.verdict).toBe(one.verdict);
      if (said.verdict === 'fail' || gate.moments.includes('entry')) expect(said.reasons).not.toEqual([]);
      for (const reason of said.reasons) expect(reason).toMatch(/^(?!.*(undefined|\[object|NaN))\S[^\n]*\S$/);
      if (said.until !== undefined) expect([said.verdict, said.until > now]).toEqual(['wait', true]);
    },
  );

  it('has facts with which it passes, and some with which it does not', () => {
    const verdicts = cases[name].map(({ verdict }) => verdict);
    expect(verdicts).toContain('pass');
    expect(verdicts.some((verdict) => verdict !== 'pass')).toBe(true);
  });
});

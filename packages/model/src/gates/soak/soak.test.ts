import { expect, it } from 'vitest';
import { type SoakFacts, soakGate } from './soak.ts';

const now = Date.parse('2026-11-27T12:00:00.000Z');
const decide = (facts: Partial<SoakFacts>, more: object = {}) =>
  soakGate.decide({ live: null, tally: null, ...facts }, soakGate.options.parse({ seconds: 3600, ...more }), now);
const since = (minutes: number) => ({ environment: 'staging', since: now - minutes * 60_000 });

it('the time in the environment before is waited for, and it is known when it is over', () => {
  expect(decide({ live: since(20) })).toEqual({
    verdict: 'wait',
    reasons: ['live in staging for 3600 s at 2026-11-27T12:40:00.000Z'],
    until: now + 40 * 60_000,
  });
  expect(decide({ live: since(60) })).toEqual({ verdict: 'pass', reasons: ['3600 s in staging'] });
});

it('too few requests of users are no verdict: they are waited for, in steps, and nobody knows until when', () => {
  const few = (requests: number) => decide({ live: since(99), tally: { requests, bad: 0 } }, { requests: 500 });
  const reason = (seen: string) => `no verdict is possible yet: ${seen} of 500 requests of users seen in staging`;
  expect(few(0)).toEqual({ verdict: 'wait', reasons: [reason('less than a tenth')] });
  expect(few(49)).toEqual(few(0));
  expect(few(499)).toEqual({ verdict: 'wait', reasons: [reason('90 %')] });
  expect(few(500)).toEqual({ verdict: 'pass', reasons: ['3600 s and 500 requests in staging'] });
});

it('server errors there fail it', () => {
  const tally = { requests: 500, bad: 50 };
  expect(decide({ live: since(99), tally }, { requests: 500 })).toEqual({
    verdict: 'fail',
    reasons: ['50 of 500 requests in staging got a server error'],
  });
  expect(decide({ live: since(99), tally }, { requests: 500, errorShare: 0.2 }).verdict).toBe('pass');
  expect(decide({ live: since(99), tally: { requests: 3, bad: 3 } }, { requests: 500 }).verdict).toBe('wait');
});

it('what is not live there is waited for; before the first environment comes none', () => {
  expect(decide({ live: { environment: 'staging', since: null } })).toEqual({
    verdict: 'wait',
    reasons: ['it is not live in staging'],
  });
  expect(decide({})).toEqual({ verdict: 'pass', reasons: ['no environment comes before'] });
});

it('asks for nothing of what is live here already: what restores it must not wait', async () => {
  const options = soakGate.options.parse({ seconds: 9, requests: 9 });
  const facts = await soakGate.ask({ isLiveHere: async () => true } as never, options);
  expect(soakGate.decide(facts, options, 0)).toEqual({ verdict: 'pass', reasons: ['it is live here already'] });
});

it('server errors fail it where no requests are asked for, too; no request at all is no error', () => {
  expect(decide({ live: since(99), tally: { requests: 3, bad: 3 } }).verdict).toBe('fail');
  expect(decide({ live: since(1), tally: { requests: 9, bad: 1 } }).verdict).toBe('fail');
  expect(decide({ live: since(99), tally: { requests: 20, bad: 1 } })).toEqual({
    verdict: 'pass',
    reasons: ['3600 s and 20 requests in staging'],
  });
  expect(decide({ live: since(99), tally: { requests: 0, bad: 0 } })).toEqual({
    verdict: 'pass',
    reasons: ['3600 s in staging'],
  });
});

it('counts requests wherever it asks for anything', async () => {
  const asked: number[] = [];
  const evidence = {
    isLiveHere: async () => false,
    before: async () => since(5),
    async requestsBefore(from: number) {
      asked.push(from);
      return { requests: 7, bad: 0 };
    },
  } as never;
  const ask = (seconds: number, requests: number) =>
    soakGate.ask(evidence, soakGate.options.parse({ seconds, requests }));
  expect((await ask(0, 0)).tally).toBeNull();
  expect((await ask(1, 0)).tally).toEqual({ requests: 7, bad: 0 });
  expect((await ask(0, 1)).tally).toEqual({ requests: 7, bad: 0 });
  expect(asked).toEqual([now - 300_000, now - 300_000]);
});

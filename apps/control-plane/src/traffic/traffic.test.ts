import {
  type Environment,
  type RequestPage,
  type RequestRecord,
  type RequestsSince,
  SoundBiteError,
} from '@soundbite/model';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { realAccount, worldOn } from '../testing.ts';
import type { World } from '../world/world.ts';
import { trafficOf } from './traffic.ts';

const noon = Date.parse('2026-12-01T12:00:30.000Z');
const minute = 60_000;

/** The clocks of the machine; one of them may be put back. */
let now: number;
let passed: number;
/** What is recorded, in the order in which it ended. */
let records: RequestRecord[];
/** How the requests of each look were asked for. */
let asked: RequestsSince[];
/** What the signals answer instead, look by look. */
let instead: ((since: RequestsSince) => RequestPage | Promise<RequestPage>)[];

beforeEach(() => {
  now = noon;
  passed = 0;
  records = [];
  asked = [];
  instead = [];
});

const request = (start: number, over: Partial<RequestRecord> = {}): RequestRecord => ({
  ...{ environment: 'staging', method: 'GET', route: '/', status: 200, ms: 20, release: 'a', version: null },
  ...{ pinned: false, start, ...over },
});
const pass = (ms: number) => {
  now += ms;
  passed += ms;
};

/** As a runtime answers whose cursor is how many were told. */
async function requests(_place: unknown, since: RequestsSince): Promise<RequestPage> {
  asked.push(since);
  const told = (since.cursor as number | undefined) ?? 0;
  const other = instead.shift();
  if (other) return other(since);
  const next = { time: since.time, cursor: records.length };
  return { records: records.slice(told).filter(({ start }) => start >= since.time), next };
}

/** On an account where looks are dear, or on this machine. */
function worldWith({ isHere = true, account = realAccount() } = {}): World {
  const world = worldOn(account);
  const runtime = { ...world.runtime('aws'), requests };
  const here = { ...runtime, isHere: () => true, looksEveryMs: () => 0, address: async () => null };
  return { ...world, runtime: () => (isHere ? here : runtime) } as unknown as World;
}

function reading(world = worldWith()) {
  const ask = trafficOf(world, { now: () => now, passed: () => passed });
  const one = async (environment?: string, since?: string) => {
    const { environments } = await ask({ ...(environment && { environment }), ...(since && { since }) });
    return environments[0];
  };
  return { ask, one, requests: async () => (await one())?.seen?.hour.requests };
}

describe('the requests of an environment', () => {
  it('are read back an hour once, then from where the last look ended', async () => {
    records = [request(noon - 70 * minute), request(noon - 50 * minute), request(noon, { route: '/ready' })];
    const { one, requests: seen } = reading();
    expect((await one())?.seen).toMatchObject({
      whole: { since: '2026-12-01T11:01:00.000Z', until: '2026-12-01T12:00:30.000Z' },
      hour: { requests: 1, errors: 0 },
      steps: null,
    });
    records.push(request(noon, { status: 500 }), request(noon - 40 * minute));
    pass(5_000);
    expect((await one('staging'))?.seen).toMatchObject({
      hour: { requests: 3, errors: 1 },
      steps: { seconds: 10, releases: [{ release: 'a' }] },
    });
    for (let minutes = 0; minutes < 40; minutes += 8) {
      pass(8 * minute);
      await seen();
    }
    expect(await seen()).toBe(1);
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, 3, 5, 5, 5, 5, 5]);
  });

  it('are read once for all who ask at once, and no more often than they may be', async () => {
    const { requests: seen } = reading();
    expect(await Promise.all([seen(), seen(), seen()])).toEqual([0, 0, 0]);
    pass(1_999);
    await seen();
    expect(asked.length).toBe(1);
    pass(1);
    await seen();
    expect(asked.length).toBe(2);
    const dear = reading(worldWith({ isHere: false }));
    await dear.requests();
    pass(7_499);
    await dear.requests();
    expect(asked.length).toBe(3);
    pass(1);
    await dear.requests();
    expect(asked.length).toBe(4);
  });

  it('are read page by page, and not told before the last one is', async () => {
    const more = (since: RequestsSince): RequestPage => ({ records: [request(now)], more: true, next: since });
    instead = Array.from({ length: 25 }, () => more);
    const { one } = reading();
    expect(await one()).toEqual({ environment: 'staging', seen: null, problem: expect.stringContaining('still') });
    expect(asked.length).toBe(20);
    pass(2_000);
    expect(await one()).toMatchObject({ seen: { hour: { requests: 25 } }, problem: null });
  });

  it('are not none where they cannot be read: what was read stays, with when that was, and the reason', async () => {
    const refusal = new SoundBiteError('edge-down', 'the edge does not answer', { hint: 'soundbite up' });
    const fail = () => Promise.reject(refusal);
    instead = [fail];
    const { one } = reading();
    const problem = 'the edge does not answer; soundbite up';
    expect(await one()).toEqual({ environment: 'staging', seen: null, problem });
    pass(2_000);
    records = [request(noon)];
    expect(await one()).toMatchObject({ seen: { hour: { requests: 1 } }, problem: null });
    instead = [fail];
    pass(2 * minute);
    const { seen, problem: why } = (await one('staging')) ?? {};
    expect([why, seen?.whole.until, seen?.minutes.requests.slice(-3)]).toEqual([
      problem,
      '2026-12-01T12:00:32.000Z',
      [1, null, null],
    ]);
    pass(2_000);
    expect(await one()).toMatchObject({ seen: { hour: { requests: 1 } }, problem: null });
  });

  it('of an account that lets nobody look are not seen', async () => {
    const account = realAccount({ refuses: new Error('AccessDenied: not with these credentials') });
    const { one } = reading(worldWith({ isHere: false, account }));
    expect(await one()).toMatchObject({ seen: null, problem: expect.stringContaining('AccessDenied') });
    expect(asked).toEqual([]);
  });

  it('are read anew where what recorded them began another life, and counted once', async () => {
    records = [request(noon), request(noon)];
    const { requests: seen } = reading();
    expect(await seen()).toBe(2);
    instead = [() => ({ records, anew: true, next: { time: 0, cursor: 2 } })];
    pass(2_000);
    expect(await seen()).toBe(2);
  });

  it('are whole from when what recorded them says so', async () => {
    const since = noon - 10 * minute;
    instead = [() => ({ records: [], next: { time: 0, cursor: 0 }, whole: { since, until: noon - 30_000 } })];
    const { one } = reading();
    const whole = { since: '2026-12-01T11:50:30.000Z', until: '2026-12-01T12:00:00.000Z' };
    expect((await one())?.seen?.whole).toEqual(whole);
    pass(2_000);
    expect((await one())?.seen?.whole).toEqual({ ...whole, until: '2026-12-01T12:00:32.000Z' });
  });

  it('are read again from the beginning where the clock was put back', async () => {
    records = [request(noon)];
    const { requests: seen, one } = reading();
    expect(await seen()).toBe(1);
    passed += 2_000;
    now -= 3 * 60 * minute;
    records.push(request(now));
    expect((await one())?.seen?.whole.until).toBe('2026-12-01T09:00:30.000Z');
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, undefined]);
    expect(await seen()).toBe(1);
  });

  it('are forgotten ten minutes after nobody asked', async () => {
    const { requests: seen } = reading();
    await seen();
    pass(9 * minute);
    await seen();
    pass(10 * minute);
    await seen();
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, 0, undefined]);
  });

  it('keep nobody waiting', async () => {
    vi.useFakeTimers();
    try {
      instead = [() => new Promise(() => undefined)];
      const { one } = reading();
      const answer = one();
      await vi.advanceTimersByTimeAsync(2_000);
      expect(await answer).toMatchObject({ seen: null, problem: expect.stringContaining('still') });
    } finally {
      vi.useRealTimers();
    }
  });

  it('are asked for again where a look never ends, which is said; what that one finds later is not counted', async () => {
    vi.useFakeTimers();
    try {
      records = [request(noon)];
      let late = (_page: RequestPage) => {};
      const { one } = reading();
      await one();
      pass(5_000);
      instead = [
        () =>
          new Promise((resolve) => {
            late = resolve;
          }),
      ];
      const answer = one();
      await vi.advanceTimersByTimeAsync(60_000);
      await answer;
      expect(await one()).toMatchObject({ seen: { hour: { requests: 1 } }, problem: expect.stringContaining('60 s') });
      pass(60_000);
      records.push(request(noon + 30_000));
      expect(await one()).toMatchObject({ seen: { hour: { requests: 2 } }, problem: null });
      late({ records: [request(noon)], next: { time: 0, cursor: 9 } });
      await vi.advanceTimersByTimeAsync(0);
      pass(5_000);
      expect((await one())?.seen?.hour.requests).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('of one that is declared elsewhere now are others; of one that nobody knows there are none', async () => {
    const world = worldWith();
    const { ask, one } = reading(world);
    await one();
    const [declared] = world.declaration().environments as [Environment];
    Object.assign(declared, { cloud: { ...declared.cloud, account: '210987654321' } });
    await one();
    expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, undefined]);
    await expect(ask({ environment: 'nosuch' })).rejects.toMatchObject({ code: 'environment-unknown' });
  });
});

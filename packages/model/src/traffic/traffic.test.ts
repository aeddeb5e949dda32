import { describe, expect, it } from 'vitest';
import type { RequestRecord } from '../ports/edge.ts';
import { latencyAt } from './latencies.ts';
import { hourBefore, type KnownTraffic, shownTraffic } from './seen-traffic.ts';
import { addedTraffic, bucketMs, countedTraffic, noTraffic, servedWithin, trafficWithin } from './traffic.ts';

const minute = 60_000;
/** In the middle of a minute. */
const now = Date.parse('2026-12-01T12:00:34.000Z');
const operational = new Set(['/ready']);

const request = (start: number, over: Partial<RequestRecord> = {}): RequestRecord => ({
  ...{ environment: 'live', method: 'GET', route: '/', status: 200, ms: 20, release: 'a', version: null },
  ...{ pinned: false, start, ...over },
});
const counted = (...records: readonly RequestRecord[]) => countedTraffic(records, operational);
const known = (over: Partial<KnownTraffic> = {}): KnownTraffic => ({
  ...{ counts: noTraffic, since: hourBefore(now), until: now },
  ...over,
});
const numbersAt = (numbers: readonly (number | null)[], ...indices: readonly number[]) =>
  indices.map((index) => numbers.at(index));

describe('the requests of users', () => {
  it('are those that are neither pinned nor operational; errors those that ended with 5xx', () => {
    const counts = counted(
      request(now),
      request(now, { status: 500 }),
      request(now, { status: 503, release: null }),
      request(now, { status: 404 }),
      request(now, { status: 499 }),
      request(now, { pinned: true, status: 500 }),
      request(now, { route: '/ready', status: 503 }),
    );
    const { hour } = shownTraffic(known({ counts }), now, null);
    expect(hour).toMatchObject({ requests: 5, errors: 2 });
    expect(hour.releases.map(({ release, requests, errors }) => [release, requests, errors])).toEqual([
      ['a', 4, 1],
      [null, 1, 1],
    ]);
  });

  it('are the same in any order, and however many looks found them', () => {
    const records = Array.from({ length: 200 }, (_, index) =>
      request(now - index * 7_919, { release: index % 3 ? 'a' : 'b', ms: 1 + index, status: index % 10 ? 200 : 500 }),
    );
    const whole = counted(...records);
    const late = records.toReversed();
    const parts = [late.slice(0, 3), late.slice(3, 120), late.slice(120)].map((part) => counted(...part));
    const before = structuredClone(parts);
    const added = parts.reduce((one, other) => addedTraffic(one, other), noTraffic);
    expect(shownTraffic(known({ counts: added }), now, {})).toEqual(shownTraffic(known({ counts: whole }), now, {}));
    expect(parts).toEqual(before);
    expect(addedTraffic(whole, noTraffic)).toEqual(whole);
  });

  it('fall off with the hour, and are none of a time that has not come', () => {
    const counts = counted(request(now - 61 * minute), request(now - 30 * minute), request(now + 2 * minute));
    const kept = trafficWithin(counts, hourBefore(now), now + minute);
    expect([...kept.keys()]).toEqual([Math.floor((now - 30 * minute) / bucketMs)]);
    // Of a clock that runs ahead by a little it is told when its time has come.
    const ahead = counted(request(now + 50_000));
    expect(trafficWithin(ahead, hourBefore(now), now + minute)).toEqual(ahead);
    expect(shownTraffic(known({ counts: ahead }), now, {}).hour.requests).toBe(0);
    const later = now + minute;
    expect(shownTraffic(known({ counts: ahead, until: later }), later, {}).hour.requests).toBe(1);
  });

  it('tell so many releases apart in ten seconds, however many names a service answers with', () => {
    const names = Array.from({ length: 500 }, (_, index) => `release ${index}`);
    const all = counted(
      ...names.map((release) => request(now, { release })),
      request(now, { release: 'x'.repeat(101) }),
    );
    const more = counted(...names.toReversed().map((release) => request(now, { release })));
    const { releases, requests } = shownTraffic(known({ counts: addedTraffic(all, more) }), now, null).hour;
    expect(requests).toBe(1001);
    expect(releases.length).toBe(9);
    expect(releases[0]?.release).toBeNull();
  });
});

describe('what is shown', () => {
  it('is an empty hour where nobody asked, and nothing where nobody knows', () => {
    const empty = shownTraffic(known(), now, {});
    expect(empty.hour).toEqual({ requests: 0, errors: 0, p95: null, releases: [] });
    expect(empty.minutes.requests).toEqual(Array.from({ length: 60 }, () => 0));
    expect(empty.minutes.p95).toEqual(Array.from({ length: 60 }, () => null));
    expect(empty.steps?.releases).toEqual([]);

    const cut = known({ since: now - 10 * minute, until: now - minute, counts: counted(request(now - 12 * minute)) });
    const { minutes, hour, whole } = shownTraffic(cut, now, null);
    expect(numbersAt(minutes.requests, 0, -12, -11, -2, -1)).toEqual([null, null, 0, 0, null]);
    expect(numbersAt(minutes.errors, 0, -2)).toEqual([null, 0]);
    // What was counted of an unknown minute is not all of it.
    expect(hour.requests).toBe(0);
    expect(whole).toEqual({ since: '2026-12-01T11:50:34.000Z', until: '2026-12-01T11:59:34.000Z' });
  });

  it('is told by minutes, the present one the last', () => {
    const counts = counted(
      request(now, { ms: 400 }),
      request(now - minute, { status: 502 }),
      request(now - minute),
      request(hourBefore(now)),
      request(hourBefore(now) - 1),
    );
    const { minutes, hour } = shownTraffic(known({ counts }), now, null);
    expect(minutes.from).toBe('2026-12-01T11:01:00.000Z');
    expect(numbersAt(minutes.requests, 0, 1, -2, -1)).toEqual([1, 0, 2, 1]);
    expect(numbersAt(minutes.errors, 0, 1, -2, -1)).toEqual([0, 0, 1, 0]);
    expect(minutes.p95.at(-1)).toBeCloseTo(400, -2);
    expect(hour.requests).toBe(4);
  });

  it('is told of each release in steps, from a time on, of the hour at most', () => {
    const shift = now - 20 * minute;
    const counts = counted(
      request(shift - 60_000),
      request(shift),
      request(shift, { release: 'b' }),
      request(shift + 10_000, { release: 'b', status: 500 }),
    );
    const steps = (since?: number) => shownTraffic(known({ counts }), now, { since }).steps;
    expect(steps()?.releases).toEqual([]);
    const { from, releases } = steps(shift) ?? { from: '', releases: [] };
    expect(from).toBe('2026-12-01T11:40:30.000Z');
    expect(
      releases.map(({ release, requests, errors }) => [release, requests.slice(0, 3), errors.slice(0, 3)]),
    ).toEqual([
      ['a', [1, 0, 0], [0, 0, 0]],
      ['b', [1, 1, 0], [0, 1, 0]],
    ]);
    expect(releases.map(({ requests }) => requests.length)).toEqual([121, 121]);
    expect(steps(0)?.from).toBe('2026-12-01T11:01:00.000Z');
    // One that has not come is now.
    expect(steps(now + minute)).toEqual({ from: '2026-12-01T12:00:30.000Z', seconds: 10, releases: [] });
  });
});

describe('a latency', () => {
  const exact = (all: readonly number[], share: number) =>
    all.toSorted((one, other) => one - other)[Math.ceil(share * all.length) - 1] ?? Number.NaN;

  it('is within 5 % of the exact one', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (const [least, most] of [
      [0.1, 1],
      [1, 30],
      [5, 5_000],
      [1_000, 3_600_000],
    ] as const) {
      const all = Array.from({ length: 997 }, () => least * (most / least) ** random());
      const { latencies } = [
        ...servedWithin(counted(...all.map((ms) => request(now, { ms }))), now - minute, now + 1).values(),
      ][0] ?? { latencies: new Map() };
      for (const share of [0.5, 0.95, 0.99]) {
        const told = latencyAt(latencies, share) ?? Number.NaN;
        expect(Math.abs(told / exact(all, share) - 1)).toBeLessThan(0.05);
      }
      expect(latencies.size).toBeLessThanOrEqual(230);
    }
  });

  it('of one request is its own; of none there is none; what is no time is the least', () => {
    const of = (ms: number) => shownTraffic(known({ counts: counted(request(now, { ms })) }), now, null).hour.p95;
    expect(of(100)).toBeGreaterThan(95);
    expect(of(100)).toBeLessThan(105);
    expect(latencyAt(new Map(), 0.95)).toBeNull();
    for (const ms of [0, -5, Number.NaN]) expect(of(ms)).toBeLessThan(0.11);
    expect(of(Number.POSITIVE_INFINITY)).toBeLessThan(3_800_000);
  });
});

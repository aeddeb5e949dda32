import { describe, expect, it } from 'vitest';
import { digestOf } from '../../digest.ts';
import type { HealthPaths } from '../../health-paths.ts';
import type { RequestRecord } from '../../ports/edge.ts';
import { operationalRoutes, tallied } from './tally.ts';
import { watchGate } from './watch.ts';

const release = digestOf('new');

describe('the watch gate', () => {
  const request = (status: number, more: Partial<RequestRecord> = {}): RequestRecord => ({
    environment: 'staging',
    start: 0,
    method: 'GET',
    route: '/prices',
    status,
    ms: 1,
    release,
    version: null,
    pinned: false,
    ...more,
  });
  const many = (n: number, status: number, more: Partial<RequestRecord> = {}) =>
    Array.from({ length: n }, () => request(status, more));
  const contract = { alive: '/health', ready: '/ready', keepsContract: true };
  const counted = (requests: readonly RequestRecord[], paths: HealthPaths | null = contract) =>
    tallied({ requests: 0, bad: 0 }, requests, release, operationalRoutes(paths));
  const options = watchGate.options.parse({ seconds: 5, minimumRequests: 0 });
  const judge = (requests: readonly RequestRecord[], unhealthyLooks = 0, given = options, watchedMs = 5_000) =>
    watchGate.decide({ ...counted(requests), watchedMs, unhealthyLooks, unhealthyLimit: 3 }, given, 0);

  it('does not count where this system asks, and what a user asks at a path that only others keep for operators', () => {
    const asked = ['/ping', '/health', '/version', '/prices'].map((route) => request(200, { route }));
    expect(counted(asked)).toEqual({ requests: 2, bad: 0 });
    expect(counted(asked, { alive: '/ping', ready: '/ping', keepsContract: false })).toEqual({ requests: 3, bad: 0 });
    expect(counted(asked, null)).toEqual({ requests: 4, bad: 0 });
  });

  it('passes without requests only where none are needed, and says so', () => {
    expect(judge([])).toEqual({ verdict: 'pass', reasons: ['no user asked anything meanwhile'] });
    const usual = watchGate.options.parse({ seconds: 5 });
    expect(judge([], 0, usual)).toEqual({
      verdict: 'wait',
      reasons: ['no verdict is possible yet: less than a tenth of 1 requests of users seen'],
    });
    expect(judge(many(1, 200), 0, usual)).toEqual({ verdict: 'pass', reasons: [] });
    expect(judge([], 0, usual, 605_000)).toEqual({
      verdict: 'fail',
      reasons: ['no verdict is possible: 0 of 1 requests that it needs in 605 s'],
    });
  });

  it('waits until its time is over, and for a look that finds the version well', () => {
    expect(judge(many(9, 200), 0, options, 4_999)).toEqual({ verdict: 'wait', reasons: [] });
    expect(judge(many(9, 200), 2, options, 5_000)).toEqual({ verdict: 'wait', reasons: [] });
  });

  it('goes by its options', () => {
    const strict = watchGate.options.parse({ seconds: 5, errorShare: 0.01, errorsFrom: 1, unhealthyLooks: 1 });
    expect(judge([...many(99, 200), request(500)], 0, strict).verdict).toBe('fail');
    expect(judge([request(500)], 0, strict).verdict).toBe('fail');
    expect(judge(many(1, 200), 1, strict).reasons).toEqual(['unhealthy at 1 look']);
  });

  it.each([
    ['4 of 4 bad: too few to judge', many(4, 500), 'pass'],
    ['1 of 5 bad', [...many(4, 200), request(500)], 'fail'],
    ['1 of 10 bad: a tenth', [...many(9, 200), request(503)], 'fail'],
    ['1 of 11 bad: less than a tenth', [...many(10, 200), request(503)], 'pass'],
    ["a client's errors are not the release's", many(10, 422), 'pass'],
    ["another release's errors are not this one's", many(10, 500, { release: digestOf('old') }), 'pass'],
    [
      'server errors that name no release: it crashed, and others answered for it',
      many(10, 502, { release: null }),
      'fail',
    ],
    ['refusals that name no release: nothing of it was asked', many(10, 429, { release: null }), 'pass'],
    ["pinned requests are not a user's", many(10, 500, { pinned: true }), 'pass'],
  ])('%s', (_what, requests, verdict) => {
    expect(judge(requests).verdict).toBe(verdict);
  });

  it('says how many', () => {
    expect(judge([...many(8, 200), ...many(2, 500)]).reasons).toEqual([
      '2 of 10 requests answered with a server error',
    ]);
  });

  it('fails when the version was unhealthy at three looks in a row', () => {
    expect(judge([], 2).verdict).toBe('wait');
    expect(judge([], 3)).toEqual({ verdict: 'fail', reasons: ['unhealthy at 3 looks in a row'] });
  });
});

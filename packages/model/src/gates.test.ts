import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { operationalRoutes, programGate, tallied, watchGate } from './gates.ts';
import type { RequestRecord } from './ports/edge.ts';
import type { Fact } from './ports/evidence.ts';
import type { HealthPaths } from './ports/standing.ts';

const release = digestOf('new');

const evidence = (facts: readonly Fact[]) => ({
  kind: 'smoke' as const,
  at: '2026-01-02T03:04:05.000Z',
  release,
  environment: 'staging',
  facts,
});

describe('the smoke gate', () => {
  it('passes when every fact holds', () => {
    expect(programGate(evidence([{ name: 'health', ok: true, detail: '200', ms: 3 }]))).toEqual({
      verdict: 'pass',
      reasons: [],
    });
  });

  it('fails with every fact that does not, and only those', () => {
    const facts = [
      { name: 'health', ok: true, detail: '200', ms: 3 },
      { name: 'order', ok: false, detail: 'missing', ms: 900 },
      { name: 'worker', ok: false, detail: 'no answer within 30 s', ms: 30_000 },
    ];
    expect(programGate(evidence(facts))).toEqual({
      verdict: 'fail',
      reasons: ['order: missing', 'worker: no answer within 30 s'],
    });
  });

  it('fails when nothing was tried', () => {
    expect(programGate(evidence([]))).toEqual({ verdict: 'fail', reasons: ['nothing was tried, so nothing is known'] });
  });
});

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
  const judge = (requests: readonly RequestRecord[], unhealthyLooks = 0) =>
    watchGate({ ...counted(requests), unhealthyLooks, unhealthyLimit: 3 });

  it('does not count where this system asks, and what a user asks at a path that only others keep for operators', () => {
    const asked = ['/ping', '/health', '/version', '/prices'].map((route) => request(200, { route }));
    expect(counted(asked)).toEqual({ requests: 2, bad: 0 });
    expect(counted(asked, { alive: '/ping', ready: '/ping', keepsContract: false })).toEqual({ requests: 3, bad: 0 });
    expect(counted(asked, null)).toEqual({ requests: 4, bad: 0 });
  });

  it('passes without requests', () => {
    expect(judge([])).toEqual({ verdict: 'pass', reasons: [] });
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
    expect(judge([], 2).verdict).toBe('pass');
    expect(judge([], 3)).toEqual({ verdict: 'fail', reasons: ['unhealthy at 3 looks in a row'] });
  });
});

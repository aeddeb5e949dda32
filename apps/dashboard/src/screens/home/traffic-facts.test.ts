import type { TrafficView } from '@soundbite/client';
import { expect, it } from 'vitest';
import { caveatOf, errorShares } from './traffic-facts.ts';

const numbers = Array.from({ length: 60 }, () => 1);
const view = (since: string, problem: string | null = null): TrafficView => ({
  environment: 'live',
  problem,
  seen: {
    whole: { since, until: '2026-12-01T12:00:00.000Z' },
    hour: { requests: 60, errors: 0, p95: 20, releases: [] },
    minutes: { from: '2026-12-01T11:01:00.000Z', requests: numbers, errors: numbers, p95: numbers },
    steps: null,
  },
});

it('says since when, and until when, all is known', () => {
  expect(caveatOf(view('2026-12-01T11:01:59.000Z'))).toBeNull();
  expect(caveatOf(view('2026-12-01T11:30:00.000Z'))).toMatch(/^seen since \d\d:30 only$/);
  expect(caveatOf(view('2026-12-01T11:30:00.000Z', 'no edge'))).toMatch(/^not seen since \d\d:00: no edge$/);
  expect(caveatOf({ environment: 'live', problem: 'no edge', seen: null })).toBeNull();
});

it('has no share of what nobody knows, and of no requests none', () => {
  expect(errorShares([10, 0, null], [1, 0, null])).toEqual([0.1, 0, null]);
});

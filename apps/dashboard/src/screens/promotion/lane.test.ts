import type { Timeline } from '@soundbite/client';
import { expect, it } from 'vitest';
import { laneOf, waitsOf } from './lane.ts';

const at = (second: number) => new Date(Date.UTC(2026, 11, 1, 8, 0, second)).toISOString();
const now = (second: number) => Date.parse(at(second));
const step = (name: string, second: number, seconds: number | null, state = 'succeeded') => ({
  ...{ what: 'step', at: at(second), seconds, reason: `${name} did` },
  step: { name, state, attempts: 1 },
});
const planned = [
  { name: 'verify', usualSeconds: 1 },
  { name: 'smoke', usualSeconds: 4 },
  { name: 'shift', usualSeconds: null },
  { name: 'watch', usualSeconds: 5 },
];
const timeline = (more: object): Timeline =>
  ({ entries: [], planned, beganAt: at(10), finishedAt: null, ...more }) as unknown as Timeline;
const rowsOf = (lane: ReturnType<typeof laneOf>) =>
  lane.rows.map(({ name, state, start, length }) => [name, state, start, length]);

it('steps are where and as long as they were; what comes has its usual length, behind the one that runs', () => {
  const entries = [{ what: 'asked' }, step('verify', 10, 1.5), step('smoke', 12, null, 'running')];
  const early = laneOf(timeline({ entries }), now(13));
  expect(rowsOf(early)).toEqual([
    ['verify', 'succeeded', 0, 1.5],
    ['smoke', 'running', 2, 1],
    ['shift', 'ahead', 6, 0],
    ['watch', 'ahead', 6, 5],
  ]);
  expect(early.seconds).toBe(11);
  // One that takes longer than usual pushes the rest away.
  expect(laneOf(timeline({ entries }), now(20)).seconds).toBe(15);
});

it('what a promotion ended before never was, and takes no time', () => {
  const entries = [step('verify', 10, 1), step('smoke', 11, 2, 'failed'), step('rollback', 13, 1)];
  const lane = laneOf(timeline({ entries, finishedAt: at(14) }), now(99));
  expect(rowsOf(lane)).toEqual([
    ['verify', 'succeeded', 0, 1],
    ['smoke', 'failed', 1, 2],
    ['rollback', 'succeeded', 3, 1],
    ['shift', 'never', 4, 0],
    ['watch', 'never', 4, 0],
  ]);
  expect(lane.seconds).toBe(4);
});

it('a clock that was put back makes nothing negative; nothing begun is nothing but the plan', () => {
  const entries = [step('verify', 5, null, 'running')];
  expect(laneOf(timeline({ entries }), now(4)).rows[0]).toMatchObject({ start: 0, length: 0 });
  expect(rowsOf(laneOf(timeline({ beganAt: null }), now(4)))[1]).toEqual(['smoke', 'ahead', 1, 4]);
  expect(laneOf(timeline({ planned: [], beganAt: null }), now(4))).toEqual({ rows: [], seconds: 0.001 });
});

it('waits are apart from work', () => {
  const entries = [{ what: 'asked' }, { what: 'wait' }, { what: 'admitted' }, { what: 'turn' }, step('verify', 10, 1)];
  expect(waitsOf(timeline({ entries })).map(({ what }) => what)).toEqual(['wait', 'turn']);
});

import type { RevisedView } from '@soundbite/engine';
import type { Digest } from '@soundbite/model';
import { expect, it } from 'vitest';
import { cellOf, entriesOf } from './matrix.ts';

const release: Digest = `sha256:${'a'.repeat(64)}`;
const other: Digest = `sha256:${'b'.repeat(64)}`;
const last = (more: Partial<RevisedView>): RevisedView =>
  ({
    ...{ environment: 'staging', promotion: 'p-1', release, reason: null },
    ...{ createdAt: '2026-12-01T08:00:00Z', finishedAt: null },
    ...more,
  }) as RevisedView;

it.each([
  ['succeeded', release, 'live'],
  ['succeeded', other, 'was-live'],
  ['succeeded', null, 'was-live'],
  ['failed', release, 'live'],
  ['failed', other, 'failed'],
  ['waiting', null, 'waiting'],
] as const)('what %s last is, where %s is live, %s', (state, live, says) => {
  expect(cellOf(last({ state }), live)).toMatchObject({ environment: 'staging', promotion: 'p-1', state: says });
});

it('a cell has the time of the end, and until then of the question', () => {
  expect(cellOf(last({ state: 'running' }), null).at).toBe('2026-12-01T08:00:00Z');
  expect(cellOf(last({ state: 'failed', finishedAt: '2026-12-01T09:00:00Z' }), null).at).toBe('2026-12-01T09:00:00Z');
});

const standing = (environment: string, live: Digest | null, more = {}) =>
  ({ environment, live, freezes: [], holds: [], taints: [], ...more }) as never;
const where = [standing('dev', release), standing('staging', null), standing('production', other)];
const cell = (environment: string, state: 'failed' | 'was-live' | 'running') => ({
  ...{ environment, state, promotion: 'p', at: '2026-12-01T08:00:00Z', reason: null },
});
const entriesIn = (cells: ReturnType<typeof cell>[], of = release) =>
  entriesOf({ release: of, isBlocked: false, cells }, where, 0).map(({ environment, is }) => `${environment} ${is}`);

it('a release may enter behind where it is live, and the first environment; also where it failed, not where it was or is on its way', () => {
  expect(entriesIn([])).toEqual(['staging may']);
  expect(entriesIn([cell('staging', 'failed')])).toEqual(['staging may']);
  expect(entriesIn([cell('staging', 'running')])).toEqual([]);
  expect(entriesIn([], `sha256:${'c'.repeat(64)}`)).toEqual(['dev may']);
  expect(entriesIn([cell('dev', 'was-live')], `sha256:${'c'.repeat(64)}`)).toEqual([]);
});

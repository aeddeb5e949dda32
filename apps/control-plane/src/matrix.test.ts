import type { RevisedView } from '@soundbite/engine';
import type { Digest } from '@soundbite/model';
import { expect, it } from 'vitest';
import { cellOf } from './matrix.ts';

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

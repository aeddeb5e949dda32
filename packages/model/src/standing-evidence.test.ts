import { expect, it } from 'vitest';
import { evidenceThatCounts } from './standing-evidence.ts';

const said = (id: string, kind: string, saidFirst: string, newest = false) => ({ id, kind, saidFirst, newest });

it('is the newest of its kind at that time, and now; what was replaced before nobody went by', () => {
  const all = [
    said('late', 'tests', '2026-01-04T00:00:00.000Z', true),
    said('scan', 'security', '2026-01-03T00:00:00.000Z', true),
    said('then', 'tests', '2026-01-02T00:00:00.000Z'),
    said('old', 'tests', '2026-01-01T00:00:00.000Z'),
  ];
  const which = (time: string | null) =>
    evidenceThatCounts(all, time, () => true).map(({ id, counted }) => [id, counted]);
  expect(which('2026-01-03T00:00:00.000Z')).toEqual([
    ['late', false],
    ['scan', true],
    ['then', true],
  ]);
  expect(which('2026-01-01T12:00:00.000Z')).toEqual([
    ['late', false],
    ['scan', false],
    ['old', true],
  ]);
  expect(which(null)).toEqual([
    ['late', false],
    ['scan', false],
  ]);
});

it('is what came from those from whom it counted: what others brought since replaced nothing', () => {
  const all = [
    said('not theirs', 'tests', '2026-01-03T00:00:00.000Z', true),
    said('theirs', 'tests', '2026-01-02T00:00:00.000Z'),
    said('before', 'tests', '2026-01-01T00:00:00.000Z'),
  ];
  const which = evidenceThatCounts(all, '2026-01-04T00:00:00.000Z', ({ id }) => id !== 'not theirs');
  expect(which.map(({ id, counted }) => [id, counted])).toEqual([
    ['not theirs', false],
    ['theirs', true],
  ]);
});

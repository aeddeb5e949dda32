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
  const which = (time: string | null) => evidenceThatCounts(all, time).map(({ id, counted }) => [id, counted]);
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

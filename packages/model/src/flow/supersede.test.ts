import { expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { type Dated, supersededText, supersedes } from './supersede.ts';

const dated = (promotion: string, committedAt: string | null, release = digestOf(promotion)): Dated => ({
  ...{ promotion, release, committedAt },
});
const noon = dated('noon', '2026-12-01T12:00:00Z');

it.each([
  ['a newer one', [dated('later', '2026-12-01T13:30:00+01:00')], 'later'],
  ['another one of the same commit', [dated('dirty', '2026-12-01T12:00:00Z')], 'dirty'],
  ['nothing', [], undefined],
  ['no older one', [dated('older', '2026-12-01T12:30:00+01:00')], undefined],
  ['no promotion of the same release', [dated('again', '2026-12-01T12:00:00Z', noon.release)], undefined],
  ['none of which nothing is known', [dated('unknown', null)], undefined],
  ['the newer one among others', [dated('unknown', null), dated('newer', '2026-12-02T00:00:00Z')], 'newer'],
])('a release that waits is superseded by %s', (_, later, expected) => {
  expect(supersedes(noon, later)?.promotion).toBe(expected);
});

it('one of which nothing is known is not', () => {
  expect(supersedes({ ...noon, committedAt: null }, [dated('newer', '2026-12-02T00:00:00Z')])).toBeUndefined();
});

it('is told by which', () => {
  expect(supersededText(noon)).toBe(`superseded by promotion noon with the newer ${noon.release.slice(7, 19)}`);
});

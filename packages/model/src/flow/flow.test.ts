import { describe, expect, it } from 'vitest';
import { decideFlow } from './flow.ts';
import type { Freeze } from './freeze.ts';
import { minuteText } from './minute-text.ts';

const now = Date.parse('2026-12-01T07:00:00Z');
const freeze = (more: Partial<Freeze> = {}): Freeze => ({
  ...{ id: 'f', environment: 'staging', from: '2026-12-01T00:00:00Z', until: '2026-12-01T08:00:00Z' },
  ...{ reason: 'release night', by: 'ana' },
  ...more,
});

it('where nothing acts, nothing is said', () => {
  expect(decideFlow({ freezes: [] }, now)).toEqual([]);
});

describe('a freeze', () => {
  it('lets nothing enter until its end, and says who, why and until when', () => {
    expect(decideFlow({ freezes: [freeze()] }, now)).toEqual([
      {
        gate: 'freeze',
        moment: 'entry',
        verdict: 'wait',
        reasons: ['staging is frozen until 2026-12-01 08:00 UTC by ana (release night)'],
        until: '2026-12-01T08:00:00Z',
        seconds: null,
      },
    ]);
  });

  it('acts from its first moment, and not in its last one', () => {
    const at = (time: string) => decideFlow({ freezes: [freeze()] }, Date.parse(time)).length;
    expect(
      ['2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00Z', '2026-12-01T07:59:59.999Z', '2026-12-01T08:00:00Z'].map(at),
    ).toEqual([0, 1, 1, 0]);
  });

  it('beside others ends with the last of them, by time and not by text', () => {
    const later = freeze({ until: '2026-12-01T08:30:00+00:00', by: 'bob' });
    const latest = freeze({ until: '2026-12-01T10:00:00+01:00', by: 'eve' });
    const [one] = decideFlow({ freezes: [latest, freeze(), later] }, now);
    expect(one?.until).toBe(latest.until);
    expect(one?.reasons).toHaveLength(3);
  });
});

it('a time is shown to the minute, unless there are seconds', () => {
  expect(minuteText('2026-12-01T08:00:00.000Z')).toBe('2026-12-01 08:00 UTC');
  expect(minuteText('2026-12-01T09:00:05+01:00')).toBe('2026-12-01 08:00:05 UTC');
});

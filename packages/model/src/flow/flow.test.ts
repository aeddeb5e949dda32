import { describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import type { Block } from './block.ts';
import { decideFlow } from './flow.ts';
import type { Freeze } from './freeze.ts';
import { comesByItself, type Entering, type Hold, holdsToEnd } from './hold.ts';
import { minuteText } from './minute-text.ts';

const now = Date.parse('2026-12-01T07:00:00Z');
const freeze = (more: Partial<Freeze> = {}): Freeze => ({
  ...{ id: 'f', environment: 'staging', from: '2026-12-01T00:00:00Z', until: '2026-12-01T08:00:00Z' },
  ...{ reason: 'release night', by: 'ana' },
  ...more,
});

const release = digestOf('x');
const person: Entering = { release, isAutomatic: false, isLiveHere: false };
const byItself: Entering = { release, isAutomatic: true, isLiveHere: false };
const frozen = (freezes: readonly Freeze[], at: number) =>
  decideFlow({ freezes, holds: [], block: null, before: null }, person, at);
const hold = (more: Partial<Hold> = {}): Hold => ({
  ...{ id: 'h', environment: 'staging', scope: 'all', until: null, reason: 'an outage', by: 'ana' },
  ...more,
});
const held = (holds: readonly Hold[], entering: Entering) =>
  decideFlow({ freezes: [], holds, block: null, before: null }, entering, now);

it('where nothing acts, nothing is said', () => {
  expect(decideFlow({ freezes: [], holds: [], block: null, before: null }, person, now)).toEqual([]);
});

describe('a freeze', () => {
  it('lets nothing enter until its end, and says who, why and until when', () => {
    expect(frozen([freeze()], now)).toEqual([
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
    const at = (time: string) => frozen([freeze()], Date.parse(time)).length;
    expect(
      ['2026-11-30T23:59:59.999Z', '2026-12-01T00:00:00Z', '2026-12-01T07:59:59.999Z', '2026-12-01T08:00:00Z'].map(at),
    ).toEqual([0, 1, 1, 0]);
  });

  it('beside others ends with the last of them, by time and not by text', () => {
    const later = freeze({ until: '2026-12-01T08:30:00+00:00', by: 'bob' });
    const latest = freeze({ until: '2026-12-01T10:00:00+01:00', by: 'eve' });
    const [one] = frozen([latest, freeze(), later], now);
    expect(one?.until).toBe(latest.until);
    expect(one?.reasons).toHaveLength(3);
  });
});

describe('a hold', () => {
  it('of all keeps whatever comes, what is live there too, and says who, why, and how it ends', () => {
    const reasons = ['staging is held by ana (an outage); soundbite resume staging --hold h'];
    for (const entering of [person, byItself, { ...byItself, isLiveHere: true }])
      expect(held([hold()], entering)).toEqual([
        { gate: 'hold', moment: 'entry', verdict: 'wait', reasons, until: null, seconds: null },
      ]);
  });

  it('of what comes by itself lets people through, and what restores the release that is live', () => {
    const automatic = hold({ scope: 'automatic' });
    expect(held([automatic], person)).toEqual([]);
    expect(held([automatic], { ...byItself, isLiveHere: true })).toEqual([]);
    expect(held([automatic], byItself)[0]?.reasons).toEqual([
      'staging is held by ana for what comes by itself (an outage); soundbite resume staging --hold h',
    ]);
  });

  it('of a rollback keeps what a person asked for before it, which nobody decided anew; not what restores the live release', () => {
    const after = hold({ scope: 'automatic', rolledBackAt: '2026-12-01T07:00:00.000Z' });
    const at = (time: string) => ({ ...person, askedAt: Date.parse(time) });
    expect(held([after], at('2026-12-01T06:59:59.999Z'))).toHaveLength(1);
    expect(held([after], at('2026-12-01T07:00:00.000Z'))).toEqual([]);
    expect(held([after], { ...at('2026-12-01T06:00:00Z'), isLiveHere: true })).toEqual([]);
    expect(held([hold({ scope: 'automatic' })], at('2026-12-01T06:00:00Z'))).toEqual([]);
  });

  it('with an end is over then; beside one without an end nobody knows when', () => {
    const ending = hold({ until: '2026-12-01T08:00:00Z' });
    expect(held([ending], person)[0]).toMatchObject({ until: ending.until });
    expect(held([ending, hold()], person)[0]).toMatchObject({
      until: null,
      reasons: [expect.any(String), expect.any(String)],
    });
    expect(held([hold({ until: '2026-12-01T07:00:00Z' })], person)).toEqual([]);
  });

  it('stands beside a freeze', () => {
    const both = decideFlow({ freezes: [freeze()], holds: [hold()], block: null, before: null }, person, now);
    expect(both.map(({ gate }) => gate)).toEqual(['freeze', 'hold']);
  });

  it('is ended by whoever made it; another one’s only by an admin who names it', () => {
    const holds = [hold({ id: 'of ana' }), hold({ id: 'of bob', by: 'bob' })];
    const ana = { name: 'ana', isAdmin: false };
    const admin = { name: 'eve', isAdmin: true };
    expect(holdsToEnd(holds, ana)).toEqual(['of ana']);
    expect(holdsToEnd(holds, admin, 'of bob')).toEqual(['of bob']);
    expect(holdsToEnd([], ana)).toEqual([]);
    expect(holdsToEnd(holds, admin, 'of b')).toEqual(['of bob']);
    expect(() => holdsToEnd(holds, admin, 'of ')).toThrow(expect.objectContaining({ code: 'hold-unknown' }));
    expect(holdsToEnd(holds, ana, 'over')).toEqual([]);
    const refused = { code: 'hold-of-others', message: 'staging is held by bob' };
    expect(() => holdsToEnd(holds, ana, 'of bob')).toThrow(
      expect.objectContaining({ ...refused, hint: 'ask bob, or an admin' }),
    );
    expect(() => holdsToEnd(holds.slice(1), admin)).toThrow(
      expect.objectContaining({ ...refused, hint: 'soundbite resume staging --hold of bob' }),
    );
  });
});

describe('a block', () => {
  const block = { release, blocked: true, reason: 'wrong prices', by: 'ana' };
  const says = (one: Block, entering: Entering) =>
    decideFlow({ freezes: [], holds: [], block: one, before: null }, entering, now);

  it('refuses the release, whoever brings it, until it is taken away', () => {
    const short = block.release.slice(7, 19);
    const reasons = [`${short} is blocked by ana (wrong prices); soundbite unblock ${short}`];
    for (const entering of [person, byItself])
      expect(says(block, entering)).toEqual([
        { gate: 'block', moment: 'entry', verdict: 'fail', reasons, until: null, seconds: null },
      ]);
    expect(says({ ...block, blocked: false }, person)).toEqual([]);
  });

  it('lets a release be restored where it is live', () => {
    expect(says(block, { ...person, isLiveHere: true })).toEqual([]);
  });
});

it('a broken glass goes past freezes and holds, which stay named, and past no block', () => {
  const block = { release, blocked: true, reason: 'wrong prices', by: 'ana' };
  const all = { freezes: [freeze()], holds: [hold()], block, before: null };
  const said = decideFlow(all, { ...person, glass: 'an outage' }, now);
  expect(said.map(({ gate, verdict }) => `${gate} ${verdict}`)).toEqual([
    'block fail',
    'freeze overridden',
    'hold overridden',
  ]);
  expect(said[1]).toMatchObject({ until: null, reasons: [expect.stringContaining('frozen'), 'an outage'] });
});

it('what follows another promotion comes by itself, and what up brings', () => {
  expect(comesByItself({ actor: 'ana' }, false)).toBe(false);
  expect(comesByItself({ actor: 'ana' }, true)).toBe(true);
  expect(comesByItself({ actor: 'ana', via: 'up' }, false)).toBe(true);
  expect(comesByItself({ actor: 'up' }, false)).toBe(true);
});

it('a time is shown to the minute, unless there are seconds', () => {
  expect(minuteText('2026-12-01T08:00:00.000Z')).toBe('2026-12-01 08:00 UTC');
  expect(minuteText('2026-12-01T09:00:05+01:00')).toBe('2026-12-01 08:00:05 UTC');
});

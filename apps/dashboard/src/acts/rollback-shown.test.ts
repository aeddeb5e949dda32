import { describe, expect, it } from 'vitest';
import { rollbackShown } from './rollback-shown.ts';

const [live, before, next] = ['1', '2', '3'].map((digit) => `sha256:${digit.repeat(64)}` as const);
const view = { record: { liveRelease: live ?? null, previousRelease: before ?? null }, previousCut: 'before' as never };
const cut = 'live' as never;
const running = (kind: 'promote' | 'rollback', release = next, state: 'running' | 'waiting' = 'running') =>
  ({ kind, state, release: release as NonNullable<typeof next> }) as const;
const blocked = { blocked: true, by: 'ana', reason: 'loud' } as never;
const open = { blocked: null, wayBack: { floor: null, refused: null } };
const refused = { code: 'rollback-below-floor', reason: 'data was migrated', hint: 'promote' };

describe('rollbackShown', () => {
  it.each([
    [
      'goes to what was live before',
      { view, cut, running: null, status: open },
      { to: before, from: live, stops: null, cut: 'before' },
    ],
    [
      'leaves what is live, and stops what is on its way',
      { view, cut, running: running('promote'), status: open },
      { to: live, from: live, stops: next, cut: 'live', isNamed: true },
    ],
    [
      'does not name what is live and blocked, which would be refused',
      { view, cut, running: running('promote'), status: { ...open, blocked } },
      { to: live, isNamed: false },
    ],
    ['joins one that is on its way', { view, cut, running: running('rollback', before), status: open }, { to: before }],
    [
      'does not stop what only waits',
      { view, cut, running: running('promote', next, 'waiting'), status: open },
      { to: before, stops: null },
    ],
    [
      'says why none would be let in',
      { view, cut, running: null, status: { ...open, wayBack: { floor: null, refused } } },
      { is: 'none', reason: 'data was migrated; promote' },
    ],
    [
      'goes nowhere where nothing was live, and names what stops the first promotion',
      {
        view: { record: { liveRelease: null, previousRelease: null }, previousCut: null },
        cut: null,
        running: running('promote'),
        status: undefined,
      },
      { is: 'none', reason: expect.stringMatching(/^nothing was live there before; .*Abort/) },
    ],
  ] as const)('%s', (_name, known, expected) => {
    expect(rollbackShown(known)).toMatchObject(expected);
  });
});

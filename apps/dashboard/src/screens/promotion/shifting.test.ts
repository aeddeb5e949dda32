import type { Timeline } from '@soundbite/client';
import { describe, expect, it } from 'vitest';
import { isMoving, type Shifting, sharesIn, shiftingOf } from './shifting.ts';

const at = (second: number) => new Date(Date.UTC(2026, 11, 1, 12, 0, second));
const ms = (second: number) => at(second).getTime();

const step = (name: 'smoke' | 'shift' | 'rollback', second: number): Timeline['entries'][number] => ({
  ...{ what: 'step', at: at(second).toISOString(), seconds: 1, by: null, reason: null, gates: [] },
  step: { name, state: 'succeeded', attempts: 1 },
});

describe('the traffic of a promotion', () => {
  it('is shown from a minute before it moved, until an hour after the end', () => {
    const going = { entries: [step('smoke', 0), step('shift', 5)], finishedAt: null };
    for (const none of [[step('smoke', 0)], [step('smoke', 0), step('rollback', 2)]])
      expect(shiftingOf({ ...going, entries: none }, ms(9))).toBeNull();
    const shifting = shiftingOf(going, ms(7_000));
    expect(shifting).toEqual({ from: ms(-55), until: null, moves: [ms(5)] });
    expect(isMoving(shifting as Shifting, ms(7_000))).toBe(true);

    const ended = { entries: [step('shift', 5), step('rollback', 30)], finishedAt: at(40).toISOString() };
    const over = shiftingOf(ended, ms(100));
    expect(over).toEqual({ from: ms(-55), until: ms(160), moves: [ms(5), ms(30)] });
    expect([isMoving(over as Shifting, ms(159)), isMoving(over as Shifting, ms(160))]).toEqual([true, false]);
    expect(shiftingOf(ended, ms(40 + 3_600))).not.toBeNull();
    expect(shiftingOf(ended, ms(41 + 3_600))).toBeNull();
  });

  const shifting: Shifting = { from: ms(0), until: null, moves: [ms(20)] };
  const steps = {
    from: at(0).toISOString(),
    seconds: 10,
    releases: [
      { release: 'other', requests: [null, 0, 0, 0, 1], errors: [null, 0, 0, 0, 1] },
      { release: 'old', requests: [null, 8, 4, 0, 0], errors: [null, 0, 1, 0, 0] },
      { release: 'new', requests: [null, 0, 4, 0, 3], errors: [null, 0, 3, 0, 0] },
      { release: 'none', requests: [null, 0, 0, 0, 0], errors: [null, 0, 0, 0, 0] },
    ],
  };

  it('is each release’s part of what was asked, and what part of its own failed', () => {
    const { rows, known } = sharesIn(steps, shifting, ['new', 'old']);
    expect(known).toEqual([false, true, true, true, true]);
    expect(rows.map(({ release, requests, errors }) => [release, requests, errors])).toEqual([
      ['new', 7, 3],
      ['old', 12, 1],
      ['other', 1, 1],
    ]);
    expect(rows[0]?.shares).toEqual([null, 0, 0.5, null, 0.75]);
    expect(rows[0]?.failed).toEqual([null, null, 0.75, null, 0]);
    // Traffic moved at the beginning of the third step: of what was asked since, the step after it says most.
    expect(rows.map(({ last }) => last)).toEqual([3 / 4, 0, 1 / 4]);
    const [fresh] = sharesIn(steps, { ...shifting, moves: [ms(45)] }, ['new', 'old']).rows;
    expect(fresh?.last).toBe(3 / 4);
    expect(sharesIn(steps, { ...shifting, moves: [ms(5)] }, ['new', 'old']).rows[0]?.last).toBe(7 / 20);
  });

  it('ends with what came after the promotion', () => {
    const { rows } = sharesIn(steps, { ...shifting, until: ms(30) }, ['new', 'old']);
    expect(rows.map(({ release, requests }) => [release, requests])).toEqual([
      ['new', 4],
      ['old', 12],
    ]);
    expect(sharesIn({ ...steps, releases: [] }, shifting, ['new', 'old'])).toEqual({ rows: [], known: [] });
  });
});

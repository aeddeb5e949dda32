import type { PromotionView } from '@soundbite/client';
import { expect, it } from 'vitest';
import { historyAxis } from './history-axis.ts';

const minute = (number: number) => new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();
const one = (promotion: string, from: number, to: number | null, more: object = {}) =>
  ({
    ...{ promotion, release: promotion, previous: 'old', state: 'succeeded' },
    ...{ createdAt: minute(from), finishedAt: to === null ? null : minute(to) },
    ...more,
  }) as unknown as PromotionView;

it('what was live follows on each other, from what was live before the first one to what is', () => {
  const all = [
    one('c', 80, null, { state: 'running' }),
    one('b', 50, 60),
    one('x', 30, 40, { state: 'failed' }),
    one('a', 0, 20),
  ];
  const axis = historyAxis(all, 'b', Date.parse(minute(100)));
  expect(axis?.spans).toEqual([
    { promotion: null, release: 'old', from: 0, length: 20 },
    { promotion: 'a', release: 'a', from: 20, length: 40 },
    { promotion: 'b', release: 'b', from: 60, length: 40 },
  ]);
  expect(axis?.marks.map(({ view, at }) => [view.promotion, at])).toEqual([
    ['c', 100],
    ['b', 60],
    ['x', 40],
    ['a', 20],
  ]);
});

it('a clock that went back places nothing beside the axis; nothing promoted is no axis', () => {
  const axis = historyAxis([one('a', 10, 5)], 'a', Date.parse(minute(0)));
  expect(axis?.marks).toMatchObject([{ at: 0 }]);
  expect(axis?.spans.every(({ from, length }) => from >= 0 && from + length <= 100)).toBe(true);
  expect(historyAxis([], null, 0)).toBeNull();
});

it('what was brought last is not live where the environment was emptied since', () => {
  const axis = historyAxis([one('a', 0, 20)], null, Date.parse(minute(100)));
  expect(axis?.spans.at(-1)).toEqual({ promotion: 'a', release: null, from: 20, length: 80 });
});

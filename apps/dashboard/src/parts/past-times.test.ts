import { expect, it } from 'vitest';
import { earlierTimes, localText, pastTime } from './past-times.ts';

const now = new Date(2026, 2, 4, 2, 59, 58).getTime();

it('a time goes to where the reader is, and back', () => {
  expect(localText(now)).toBe('2026-03-04T02:59:58');
  expect(pastTime(localText(now - 1000), now)).toBe(new Date(now - 1000).toISOString());
});

it.each(['', 'yesterday', '2026-13-40T00:00'])('%j is no time', (local) => {
  expect(pastTime(local, now)).toBeNull();
});

it('what has not come cannot be shown as it was', () => {
  expect(pastTime(localText(now + 1000), now)).toBeNull();
});

it('three at night is the last one that is over', () => {
  const nightAt = (time: number) => localText(new Map(earlierTimes(time)).get('last night at three') ?? 0);
  expect(nightAt(now)).toBe('2026-03-03T03:00:00');
  expect(nightAt(now + 3000)).toBe('2026-03-04T03:00:00');
});

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PromotionView } from '../schemas.ts';
import { fakeCourses } from './fake-courses.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** At the nth second. */
const at = (second: number) => new Date(Date.UTC(2026, 0, 2, 3, 4, second)).toISOString();

it('what was let in was let in last, and nothing is while that is taken back', () => {
  const courses = fakeCourses();
  let view: PromotionView;
  const sees = (second: number, admission: string | null, reason: string | null = null) => {
    vi.setSystemTime(at(second));
    view = { promotion: 'p-1', state: 'waiting', admission, reason, gates: [], steps: [] } as unknown as PromotionView;
    courses.saw(view);
    return courses.of(view).admittedAt;
  };
  expect(sees(0, null)).toBeNull();
  expect(sees(1, 'healthy', 'p-0 has it')).toBe(at(1));
  expect(sees(2, 'healthy', 'p-9 has it')).toBe(at(1));
  expect(sees(3, null)).toBeNull();
  expect(sees(4, 'healthy')).toBe(at(4));
  expect(sees(5, 'healthy', 'p-9 has it')).toBe(at(4));
});

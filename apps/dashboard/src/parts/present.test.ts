import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { asPresent, hearTime, presentTime } from './present.ts';

const hour = 3_600_000;
const start = Date.parse('2026-12-01T08:00:00.400Z');
const dateAt = (time: number) => new Date(time).toUTCString();

/** The clock of this browser says what the control plane's does, and nothing was heard that is otherwise. */
beforeEach(() => {
  vi.useFakeTimers({ now: start });
  onTestFinished(() => void vi.useRealTimers());
  hearTime(dateAt(start), start);
});

it('is the control plane’s time where this browser’s clock is hours off, and again after it was set right', () => {
  vi.setSystemTime(start - 2 * hour);
  hearTime(dateAt(start), Date.now());
  expect(Math.abs(presentTime() - start)).toBeLessThan(1_000);
  expect(Math.abs(asPresent(Date.now() - hour) - (start - hour))).toBeLessThan(1_000);
  vi.setSystemTime(start);
  hearTime(dateAt(start), Date.now());
  expect(presentTime()).toBe(start);
});

it('is this browser’s own where the two say about the same, so that it does not waver from answer to answer', () => {
  for (const off of [-2_000, 0, 1_500]) {
    hearTime(dateAt(start + off), start);
    expect(presentTime()).toBe(start);
  }
});

it('is not taken from an answer without one, nor from one that a frozen tab reads late', () => {
  for (const date of [null, 'yesterday']) hearTime(date, start);
  vi.setSystemTime(start + hour);
  hearTime(dateAt(start), start);
  expect(presentTime()).toBe(start + hour);
});

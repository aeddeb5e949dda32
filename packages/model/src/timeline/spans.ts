import type { PromotionView } from '../promotion.ts';

/** Null: one of the two is not known, or has not come. None where the clock was put back in between: nothing takes less than no time. */
export const secondsBetween = (from: string | null, to: string | null): number | null =>
  from === null || to === null ? null : Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

/** How long a promotion waited until its first step, and how long it worked from then on; null: it has not begun, or not ended. */
export const spansOf = ({
  createdAt,
  beganAt,
  finishedAt,
}: Pick<PromotionView, 'createdAt' | 'beganAt' | 'finishedAt'>) => ({
  waitedSeconds: secondsBetween(createdAt, beganAt ?? finishedAt),
  workedSeconds: secondsBetween(beganAt, finishedAt),
});

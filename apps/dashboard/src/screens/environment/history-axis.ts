import type { PromotionView } from '@soundbite/client';

/** A release that was live, on an axis of 0 to 100 (percent of the time that is shown). */
interface LiveSpan {
  /** The promotion that brought it; null: what was live before the first one that is shown. */
  readonly promotion: string | null;
  readonly release: string | null;
  readonly from: number;
  readonly length: number;
}

/** A promotion, where it ended, or is. */
interface EndMark {
  readonly view: PromotionView;
  readonly at: number;
}

interface HistoryAxis {
  /** ISO 8601. */
  readonly begins: string;
  readonly spans: readonly LiveSpan[];
  readonly marks: readonly EndMark[];
}

/**
 * What was live, and what was tried, from the oldest of these promotions (the newest first, as they are listed) until `now` (ms since 1970); null: there is none.
 * `live`: what is live at its end; where it is not what was brought last, the environment was emptied meanwhile, nobody here knows when.
 */
export function historyAxis(
  promotions: readonly PromotionView[],
  live: string | null,
  now: number,
): HistoryAxis | null {
  const oldest = promotions.at(-1);
  if (!oldest) return null;
  const begin = Date.parse(oldest.createdAt);
  const whole = Math.max(1, now - begin);
  const place = (time: string) => Math.min(100, Math.max(0, ((Date.parse(time) - begin) / whole) * 100));
  const marks = promotions.map((view) => ({ view, at: place(view.finishedAt ?? new Date(now).toISOString()) }));
  const brought = marks
    .filter(({ view }) => view.state === 'succeeded')
    .toSorted((one, other) => one.at - other.at)
    .map(({ view, at }) => ({ promotion: view.promotion, release: view.release as string | null, from: at }));
  const before = { promotion: null, release: oldest.previous, from: 0 };
  const begun = [before, ...brought];
  const last = begun.length - 1;
  const spans = begun.map((one, index) => ({
    ...one,
    release: index === last && one.release !== live ? null : one.release,
    length: (begun[index + 1]?.from ?? 100) - one.from,
  }));
  return { begins: oldest.createdAt, spans: spans.filter(({ length }) => length > 0), marks };
}

import type { PromotionList, PromotionView } from '@soundbite/client';
import { describe, expect, it } from 'vitest';
import { newestPage, olderPage, promotionsAtOnce } from './promotion-pages.ts';

/** Newest first: p-<count> … p-1; what is named in `open` has not ended. */
function records(count: number, open: readonly string[] = []) {
  const asked: object[] = [];
  const all = Array.from({ length: count }, (_, n) => `p-${count - n}`).map(
    (promotion) => ({ promotion, finishedAt: open.includes(promotion) ? null : 'then' }) as PromotionView,
  );
  return {
    asked,
    async ask(which: { readonly limit: number; readonly before?: string }): Promise<PromotionList> {
      asked.push(which);
      const from = all.findIndex(({ promotion }) => promotion === which.before) + 1;
      const promotions = all.slice(from, from + which.limit);
      return { promotions, next: from + which.limit < all.length ? (promotions.at(-1)?.promotion ?? null) : null };
    },
  };
}

const ends = ({ promotions, next }: PromotionList) => [promotions[0]?.promotion, promotions.at(-1)?.promotion, next];

describe('the newest page', () => {
  it('ends where the one behind it begins, however much came', async () => {
    const first = await newestPage(records(200).ask, undefined);
    expect(ends(first)).toEqual(['p-200', 'p-151', 'p-151']);
    expect(ends(await newestPage(records(203).ask, first))).toEqual(['p-203', 'p-151', 'p-151']);
    const later = records(900);
    expect(ends(await newestPage(later.ask, first))).toEqual(['p-900', 'p-151', 'p-151']);
    expect(later.asked.length).toBeGreaterThan(1);
  });

  it('begins anew where nothing is shown behind it, where it became long, and where its end is gone', async () => {
    expect((await newestPage(records(60).ask, undefined)).promotions).toHaveLength(promotionsAtOnce);
    const few = await newestPage(records(20).ask, undefined);
    expect(ends(await newestPage(records(70).ask, few))).toEqual(['p-70', 'p-21', 'p-21']);
    const first = await newestPage(records(400).ask, undefined);
    const long = await newestPage(records(560).ask, first);
    expect(long.promotions).toHaveLength(210);
    expect(ends(await newestPage(records(561).ask, long))).toEqual(['p-561', 'p-512', 'p-512']);
    expect(ends(await newestPage(records(3).ask, first))).toEqual(['p-3', 'p-1', null]);
    const others = records(20_000);
    const gone = { promotions: first.promotions, next: 'of before' };
    expect(ends(await newestPage(others.ask, gone))).toEqual(['p-20000', 'p-19951', 'p-19951']);
    expect(others.asked.length).toBeLessThan(25);
  });
});

it('an older page is asked for once, unless something in it has not ended, or it was the last', async () => {
  const on = records(400, ['p-30']);
  const page = await olderPage(on.ask, 'p-300', undefined);
  expect(await olderPage(on.ask, 'p-300', page)).toBe(page);
  expect(on.asked).toHaveLength(1);
  const open = await olderPage(on.ask, 'p-120', undefined);
  expect(await olderPage(on.ask, 'p-120', open)).not.toBe(open);
  const last = await olderPage(on.ask, 'p-20', undefined);
  expect(last.next).toBeNull();
  expect(await olderPage(on.ask, 'p-20', last)).not.toBe(last);
});

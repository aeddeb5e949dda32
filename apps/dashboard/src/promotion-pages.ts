import type { PromotionList } from '@soundbite/client';

/** At first as many as a slow device draws at once, then more. */
export const promotionsAtOnce = 50;
const laterAtOnce = 100;

/** As many as the contract gives. */
const most = 500;

/** Above this length the newest page is cut anew, once. */
const longest = 4 * promotionsAtOnce;

type AskForPage = (which: { readonly limit: number; readonly before?: string }) => Promise<PromotionList>;

/**
 * The newest promotions, down to where the page behind them begins: what came since moves no other page. `seen`: what was the newest page before; undefined:
 * nothing is shown behind it, and it begins anew. Errors: those of `ask`.
 */
export async function newestPage(ask: AskForPage, seen: PromotionList | undefined): Promise<PromotionList> {
  const end = seen?.next ?? null;
  const length = seen?.promotions.length ?? 0;
  if (end === null || length > longest) return ask({ limit: promotionsAtOnce });
  const found: PromotionList['promotions'] = [];
  for (let before: string | undefined; ; ) {
    const limit = Math.min(most, Math.max(promotionsAtOnce, length + 10));
    const page = await ask({ limit, ...(before !== undefined && { before }) });
    found.push(...page.promotions);
    const place = found.findIndex(({ promotion }) => promotion === end);
    if (place >= 0) return { promotions: found.slice(0, place + 1), next: end };
    // Its end is no longer on record, or so much came that nobody scrolls back to it.
    if (page.next === null || found.length > 2 * most) return ask({ limit: promotionsAtOnce });
    before = page.next;
  }
}

/** A page behind another. It is asked for once: what has ended stays as it is. `seen`: what it was before. Errors: those of `ask`. */
export const olderPage = async (
  ask: AskForPage,
  before: string,
  seen: PromotionList | undefined,
): Promise<PromotionList> =>
  seen?.promotions.every(({ finishedAt }) => finishedAt !== null) && seen.next !== null
    ? seen
    : ask({ limit: laterAtOnce, before });

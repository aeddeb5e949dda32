import type { PromotionListQuery } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import { noPlaceToGoOn, promotionPage } from '@soundbite/model';
import { overAt } from './records-seen.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

interface PromotionsWorld {
  readonly declaration: World['declaration'];
  readonly engine: { readonly records: Pick<World['engine']['records'], 'list' | 'view' | 'asOf'> };
}

/**
 * The newest promotions, of one environment or of all, those of other homes among them; with `at`, as they were then. What is on record is shown, whatever is
 * declared today; `next`: behind which the next page goes on, whatever came meanwhile. Errors: `environment-unknown`; `usage`, for a time that has not come, and
 * for a `before` that names no promotion.
 */
export async function promotions(
  { declaration, engine }: PromotionsWorld,
  { environment: name, limit, before, at }: PromotionListQuery,
): Promise<{ readonly promotions: RevisedView[]; readonly next: string | null }> {
  const records = at === undefined ? engine.records : engine.records.asOf(overAt(at));
  if (before !== undefined && !(await records.view(before))) throw noPlaceToGoOn(before);
  const found = await records.list({
    limit: limit + 1,
    ...(before !== undefined && { before }),
    ...(name === undefined ? { everywhere: true } : { environment: name }),
  });
  if (name !== undefined && found.length === 0) environmentNamed(declaration(), name);
  return promotionPage(found, limit);
}

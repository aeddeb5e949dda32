import { overAt } from './records-seen.ts';
import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

interface PromotionsWorld {
  readonly declaration: World['declaration'];
  readonly engine: { readonly records: Pick<World['engine']['records'], 'list' | 'asOf'> };
}

/**
 * The newest promotions, of one environment or of all, those of other homes among them; with `at`, as they were then. What is on record is shown, whatever is
 * declared today. Errors: `environment-unknown`; `usage`, for a time that has not come.
 */
export async function promotions(
  { declaration, engine }: PromotionsWorld,
  name: string | undefined,
  limit: number,
  at?: string,
) {
  const records = at === undefined ? engine.records : engine.records.asOf(overAt(at));
  const found = await records.list({
    limit,
    ...(name === undefined ? { everywhere: true } : { environment: name }),
  });
  if (name !== undefined && found.length === 0) environmentNamed(declaration(), name);
  return found;
}

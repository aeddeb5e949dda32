import { environmentNamed } from './world/declaration.ts';
import type { World } from './world/world.ts';

interface PromotionsWorld {
  readonly declaration: World['declaration'];
  readonly engine: { readonly records: Pick<World['engine']['records'], 'list'> };
}

/** The newest promotions, of one environment or of all, those of other homes among them. What is on record is shown, whatever is declared today. Errors: `environment-unknown`. */
export async function promotions({ declaration, engine }: PromotionsWorld, name: string | undefined, limit: number) {
  const found = await engine.records.list({
    limit,
    ...(name === undefined ? { everywhere: true } : { environment: name }),
  });
  if (name !== undefined && found.length === 0) environmentNamed(declaration(), name);
  return found;
}

import type { DeclaredOtherwiseView, FindingView } from '@soundbite/client';
import { declaredOtherwiseFinding, type Environment } from '@soundbite/model';
import type { World } from './world/world.ts';

/** How an environment that homes share is declared here otherwise than on record; null: not at all. */
export async function otherDeclaration(
  { engine }: Pick<World, 'engine'>,
  environment: Environment,
): Promise<DeclaredOtherwiseView | null> {
  const other = await engine.declaredOtherwise(environment);
  return other && { ...other, differs: [...other.differs] };
}

/** The finding about it. */
export const otherDeclarationFindings = (name: string, other: DeclaredOtherwiseView | null): readonly FindingView[] =>
  other ? [declaredOtherwiseFinding(name, other)] : [];

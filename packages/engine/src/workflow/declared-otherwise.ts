import { compareDeclarations, type DeclaredOtherwise, type Environment, homeOfSite } from '@soundbite/model';
import type { Records } from '../store/records.ts';

/**
 * How the declaration here of a shared environment differs from the recorded one. Null: not at all, or no promotion began there. Its own environment a home
 * declares as it likes.
 */
export async function declaredOtherwise(
  records: Pick<Records, 'sites' | 'declaredAs'>,
  environment: Environment,
): Promise<DeclaredOtherwise | null> {
  if (records.sites.home === null || homeOfSite(records.sites.ofEnvironment(environment)) !== null) return null;
  const standing = await records.declaredAs(environment.name);
  return standing && compareDeclarations(standing, environment);
}

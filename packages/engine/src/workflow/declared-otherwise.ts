import { compareDeclarations, type DeclaredOtherwise, type Environment, homeOfSite } from '@soundbite/model';
import type { Records } from '../store/records.ts';

/**
 * How an environment that homes share is declared here otherwise than on record. Null: not at all, or nothing began there. Its own environment a home
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

import {
  type Cloud,
  deployedParameters,
  forecastReplacements,
  givenParameters,
  importedResources,
  mustStay,
  type Removal,
  type StackState,
  typesInQuestion,
} from '@soundbite/model';
import type { PromotionRun } from '../run.ts';

interface Comparison {
  readonly cloud: Cloud;
  readonly state: StackState;
  /** Of the release. */
  readonly template: unknown;
  readonly named: readonly string[];
}

/**
 * What somebody named to be replaced although another stack imports it: CloudFormation would refuse it with some of the stacks deployed. It is forecast, since no change set tells
 * of a stack whose imports are not deployed yet. What nobody named is refused by its change set.
 */
export async function heldReplacements(
  { ports, plan }: PromotionRun,
  { cloud, state, template, named }: Comparison,
): Promise<Removal[]> {
  const imported = importedResources(state.template);
  if (!named.some((id) => imported.has(id))) return [];
  const current = { template: state.template, parameters: state.parameters };
  const next = { template, parameters: deployedParameters(template, givenParameters(plan.release, cloud.kind)) };
  const types = typesInQuestion(current, next);
  const rules = types.size === 0 ? new Map() : await ports.infrastructure.recreation(types);
  return forecastReplacements(current, next, rules).filter(mustStay);
}

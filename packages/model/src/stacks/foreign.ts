import type { Environment } from '../declaration/shape.ts';
import { type ParameterValues, stackParameters } from '../stack-parameters.ts';
import { stacksOf } from './stacks-of.ts';

/**
 * Why nothing is promoted into stacks with these parameters, and what to do: what somebody else deployed has users, who would get a release before it passed its gates. Null: SoundBite
 * deployed them.
 */
export function foreignStacks(
  environment: Pick<Environment, 'name' | 'stacks'>,
  parameters: ParameterValues,
): { readonly reason: string; readonly hint: string } | null {
  if (stackParameters.releaseDigest in parameters) return null;
  return { reason: `SoundBite did not deploy ${stacksOf(environment).join(', ')}`, hint: adoptHint(environment.name) };
}

export const adoptHint = (environment: string): string =>
  `soundbite adopt ${environment} takes over what stands there; or give the stack another name in service.yaml`;

import { computing } from './allowed-computing.ts';
import { stores } from './allowed-stores.ts';
import type { AllowedType } from './allowed-type.ts';
import { watching } from './allowed-watching.ts';

/**
 * The types of resources that the stacks of services may hold: a team widens this list, no release does. docs/reference/resource-types.md is made from it.
 */
export const allowedTypes: Readonly<Record<string, AllowedType>> = {
  ...stores,
  ...computing,
  ...watching,
  'AWS::CDK::Metadata': { what: 'what CDK says of itself' },
};

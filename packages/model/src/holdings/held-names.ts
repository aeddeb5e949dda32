import { awsNames } from '../names.ts';
import { ownId } from '../stacks/combined.ts';
import { allowedTypes } from './allowed-types.ts';
import type { Holding, Holdings } from './holdings.ts';
import { generatedName } from './physical-names.ts';

/**
 * The name of a resource in an account as IAM writes it: with `${AWS::AccountId}` and the like, and with wildcards for what CloudFormation makes up.
 * Null: nobody can say it before it is deployed.
 */
export function resolvedName(holding: Holding, holdings: Holdings, environment: string, seen = 0): string | null {
  const { type, id, name } = holding;
  const stackOf = (one: string) => ownId(one).stack ?? holdings.stacks?.[0] ?? awsNames(environment).stack;
  if (name === null) {
    const naming = allowedTypes[type]?.name?.otherwise;
    return naming === undefined ? '' : generatedName(naming, stackOf(id), ownId(id).id);
  }
  let isKnown = true;
  const resolved = name.replaceAll(/\$\{([^}]*)\}/g, (written, inner: string) => {
    if (inner.startsWith('AWS::') && inner !== 'AWS::StackId')
      return inner === 'AWS::StackName' ? stackOf(id) : written;
    const other = holdings.resources.find((one) => one.id === inner && one !== holding);
    const itsName = other && seen < 5 ? resolvedName(other, holdings, environment, seen + 1) : null;
    if (itsName === null) isKnown = false;
    return itsName ?? '';
  });
  return isKnown ? resolved : null;
}

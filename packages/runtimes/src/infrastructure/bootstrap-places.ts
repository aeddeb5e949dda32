import { awsNames, type CloudAccess, type Environment } from '@soundbite/model';
import { assetsBucket, toolkitRole } from '@soundbite/model/bootstrap-statements.ts';
import { partitionOf } from './assembly.ts';

/** The bucket and the roles that an environment's bootstrap makes, in its account. */
export function bootstrapPlaces(
  { name }: Pick<Environment, 'name'>,
  { account, region }: Pick<CloudAccess, 'account' | 'region'>,
) {
  const { qualifier } = awsNames(name);
  const here = (text: string) => text.replace(`\${AWS::AccountId}`, account).replace(`\${AWS::Region}`, region);
  return {
    bucket: here(assetsBucket(qualifier)),
    role: (kind: Parameters<typeof toolkitRole>[1]) =>
      `arn:${partitionOf(region)}:iam::${account}:role/${here(toolkitRole(qualifier, kind))}`,
  };
}

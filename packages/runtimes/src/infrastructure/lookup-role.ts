import { awsNames, type Cloud, type CloudAccess, type Environment } from '@soundbite/model';
import { toolkitRole } from '@soundbite/model/bootstrap-statements.ts';
import { partitionOf } from './assembly.ts';

/** Access as the lookup role of an environment: it sees whether resources are there, and nothing of what is in them. */
export async function asLooker({ name }: Environment, cloud: Cloud): Promise<CloudAccess> {
  const { account, region } = await cloud.access('controller');
  const role = toolkitRole(awsNames(name).qualifier, 'lookup')
    .replace(`\${AWS::AccountId}`, account)
    .replace(`\${AWS::Region}`, region);
  return cloud.access({ role: `arn:${partitionOf(region)}:iam::${account}:role/${role}` });
}

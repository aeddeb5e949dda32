import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { StackMember } from '@soundbite/model';

/** The stack's resources, whether they exist or not. */
export async function membersOf(client: CloudFormationClient, StackName: string): Promise<StackMember[]> {
  const found: StackMember[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName }))
    for (const one of page.StackResourceSummaries ?? [])
      if (
        one.LogicalResourceId &&
        one.ResourceType &&
        one.PhysicalResourceId &&
        one.ResourceStatus !== 'DELETE_COMPLETE'
      )
        found.push({ id: one.LogicalResourceId, type: one.ResourceType, physicalId: one.PhysicalResourceId });
  return found;
}

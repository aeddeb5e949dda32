import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { eventually } from './checks/check.ts';
import type { TestAccount } from './test-account.ts';

/** A CloudFormation template's resources by logical id. */
export type Resources = Readonly<Record<string, { readonly Type: string; readonly Properties: unknown }>>;

/** Creates or updates a stack of these resources and waits for its end; rejects with the reasons when it fails. */
export async function deployStack(account: TestAccount, StackName: string, Resources: Resources): Promise<void> {
  const cloudformation = new CloudFormationClient(account.config);
  const request = {
    StackName,
    TemplateBody: JSON.stringify({ Resources }),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
  };
  const exists = await cloudformation.send(new DescribeStacksCommand({ StackName })).then(
    () => true,
    () => false,
  );
  await (exists
    ? cloudformation.send(new UpdateStackCommand(request))
    : cloudformation.send(new CreateStackCommand(request)));
  const status = await eventually(`the end of stack ${StackName}`, async () => {
    const [stack] = (await cloudformation.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
    return stack?.StackStatus?.endsWith('_IN_PROGRESS') ? undefined : stack?.StackStatus;
  });
  if (status === (exists ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE')) return;
  const events = (await cloudformation.send(new DescribeStackEventsCommand({ StackName }))).StackEvents ?? [];
  const reasons = events.filter((e) => e.ResourceStatus?.endsWith('_FAILED')).map((e) => e.ResourceStatusReason);
  throw new Error(`stack ${StackName} ended as ${status}: ${reasons.join('; ')}`);
}

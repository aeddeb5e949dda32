import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { awsNames, type Environment, recordedHoldings, stacksOf } from '@soundbite/model';
import { deployedTemplate, describeStack } from './stack.ts';
import { neverWas } from './trouble.ts';

/**
 * The stacks that may stand for an environment: those that are declared, in the order of their deployment, and before them those that are declared no more, for which its bootstrap
 * was made.
 */
export async function possibleStacks(
  client: CloudFormationClient,
  environment: Pick<Environment, 'name' | 'stacks'>,
): Promise<readonly string[]> {
  const { stack: usual, toolkitStack } = awsNames(environment.name);
  const bootstrap = await describeStack(client, toolkitStack);
  const recorded =
    bootstrap && !neverWas(bootstrap) ? recordedHoldings(await deployedTemplate(client, toolkitStack)) : null;
  const declared = stacksOf(environment);
  const others = [usual, ...(recorded?.stacks ?? [])].filter((name) => !declared.includes(name));
  return [...new Set(others), ...declared];
}

import {
  type CloudFormationClient,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { SoundBiteError, stackParameters } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { Pace } from './pace.ts';

/** A stack as CloudFormation describes it; null when there is none. A stack that only waits for its first change set counts as none. */
export async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | null> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const stack = Stacks?.[0] ?? null;
    return stack?.StackStatus === 'DELETE_COMPLETE' || stack?.StackStatus === 'REVIEW_IN_PROGRESS' ? null : stack;
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && /does not exist/.test(error.message)) return null;
    throw error;
  }
}

/** The template as it was deployed, parsed. Errors: `template-unreadable` when it is no JSON (ours always are). */
export async function deployedTemplate(client: CloudFormationClient, name: string): Promise<unknown> {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }));
  try {
    return JSON.parse(TemplateBody ?? '') as unknown;
  } catch (error) {
    throw new SoundBiteError('template-unreadable', `the template of stack ${name} is no JSON`, { cause: error });
  }
}

export const outputsOf = (stack: Stack): Record<string, string> =>
  Object.fromEntries((stack.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));

export const parameterOf = (stack: Stack, name: string): string | null =>
  stack.Parameters?.find((parameter) => parameter.ParameterKey === name)?.ParameterValue ?? null;

export const releaseOf = (stack: Stack): string | null => parameterOf(stack, stackParameters.releaseDigest);

/** Whether an operation runs on the stack. */
export const isMoving = (status: string): boolean => status.endsWith('_IN_PROGRESS');

/**
 * Waits while an operation runs on the stack, ours of an earlier life or anybody's; `during` is done at each look.
 * Errors: `stack-busy` after `withinMs`.
 */
export async function settledStack(
  client: CloudFormationClient,
  name: string,
  { everyMs, withinMs }: Pace,
  during: () => Promise<void> = async () => {},
): Promise<Stack | null> {
  const seen = await poll(
    async () => {
      const stack = await describeStack(client, name);
      await during();
      return stack && isMoving(stack.StackStatus ?? '') ? undefined : { stack };
    },
    { everyMs, withinMs },
  );
  if (seen) return seen.stack;
  throw new SoundBiteError('stack-busy', `stack ${name} is still in an operation after ${withinMs / 1000} s`, {
    mend: `wait until it has ended (aws cloudformation describe-stacks --stack-name ${name}), then run the command again`,
  });
}

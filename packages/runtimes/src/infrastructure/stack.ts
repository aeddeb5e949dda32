import {
  type CloudFormationClient,
  DeleteStackCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  type Stack,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { type ParameterValues, SoundBiteError, stackParameters } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { Pace } from './pace.ts';

/** A stack as CloudFormation describes it; null when there is none. */
export async function describeStack(client: CloudFormationClient, name: string): Promise<Stack | null> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const stack = Stacks?.[0] ?? null;
    return stack?.StackStatus === 'DELETE_COMPLETE' ? null : stack;
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
    throw new SoundBiteError('template-unreadable', `the template of stack ${name} is not JSON`, { cause: error });
  }
}

export const outputsOf = (stack: Stack): Record<string, string> =>
  Object.fromEntries((stack.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']));

export const parametersOf = (stack: Stack): ParameterValues =>
  Object.fromEntries((stack.Parameters ?? []).map((one) => [one.ParameterKey ?? '', one.ParameterValue ?? '']));

export const releaseOf = (stack: Stack): string | null => parametersOf(stack)[stackParameters.releaseDigest] ?? null;

/** Whether an operation runs on the stack. One that waits for its first change set is at rest. */
const isMoving = ({ StackStatus }: Stack): boolean =>
  StackStatus !== 'REVIEW_IN_PROGRESS' && StackStatus !== undefined && StackStatus.endsWith('_IN_PROGRESS');

/** Whether nothing has begun on a stack since it was described. */
export const isAsItWas = (stack: Stack | null, before: Stack | null): boolean =>
  stack?.StackId === before?.StackId &&
  stack?.StackStatus === before?.StackStatus &&
  stack?.LastUpdatedTime?.getTime() === before?.LastUpdatedTime?.getTime();

export interface Wait {
  /**
   * The stack (or none) as it stood when an operation was asked for. CloudFormation may answer before the operation has begun, and reads
   * may tell of a time before it: so long as the stack is as it was, the operation has not ended.
   */
  readonly since?: Stack | null;
  /** It may end as it began: once it was seen to have begun, the stack as it was counts as its end. */
  readonly mayEndAsItWas?: boolean;
  /** Is done at each look. */
  readonly during?: () => Promise<void>;
}

/**
 * Waits while an operation runs on the stack, ours of an earlier life or anybody's.
 * Errors: `stack-busy` after `withinMs`, `stack-idle` when what was asked for has not begun after `beginsWithinMs`.
 */
export async function settledStack(
  client: CloudFormationClient,
  name: string,
  { everyMs, withinMs, beginsWithinMs }: Pace,
  { since, mayEndAsItWas = false, during = async () => {} }: Wait = {},
): Promise<Stack | null> {
  const asked = performance.now();
  let hasBegun = since === undefined;
  const seen = await poll(
    async () => {
      const stack = await describeStack(client, name);
      await during();
      if (since !== undefined && isAsItWas(stack, since) && !(hasBegun && mayEndAsItWas)) {
        if (!hasBegun && performance.now() - asked > beginsWithinMs) throw idle(name, beginsWithinMs);
        return undefined;
      }
      hasBegun = true;
      return stack && isMoving(stack) ? undefined : { stack };
    },
    { everyMs, withinMs },
  );
  if (seen) return seen.stack;
  throw new SoundBiteError('stack-busy', `stack ${name} is still busy after ${withinMs / 1000} s`, {
    hint: `wait until it has ended (soundbite aws <environment> cloudformation describe-stacks --stack-name ${name}), then run the command again`,
  });
}

const idle = (name: string, withinMs: number) =>
  new SoundBiteError('stack-idle', `the operation on stack ${name} has not begun after ${withinMs / 1000} s`, {
    hint: `see its events (soundbite aws <environment> cloudformation describe-stack-events --stack-name ${name}), then run the command again`,
  });

/** Protects a stack from being deleted, or no longer. */
export async function protect(client: CloudFormationClient, name: string, isProtected: boolean): Promise<void> {
  await client.send(
    new UpdateTerminationProtectionCommand({ StackName: name, EnableTerminationProtection: isProtected }),
  );
}

/** Deletes this stack, and no other of its name, but not what is to be retained (of a stack whose deletion failed); what is left of it, null when nothing is. Errors: those of `settledStack`. */
export async function deleteStack(
  client: CloudFormationClient,
  stack: Stack,
  pace: Pace,
  retain: readonly string[] = [],
): Promise<Stack | null> {
  const { StackName = '', StackId, StackStatus } = stack;
  await client.send(
    new DeleteStackCommand({
      StackName: StackId ?? StackName,
      ...(retain.length > 0 ? { RetainResources: [...retain] } : {}),
    }),
  );
  // Where a deletion failed before, a second may fail before anybody looks: it cannot be told from the first.
  const mayFailUnseen = StackStatus === 'DELETE_FAILED' && retain.length === 0;
  return settledStack(client, StackName, pace, mayFailUnseen ? {} : { since: stack });
}

import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { SoundBiteError } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { StackAssembly } from './assembly.ts';
import type { Pace } from './pace.ts';
import { describeStack, isMoving, settledStack } from './stack.ts';

/** What a stack is to become. */
export interface Wanted {
  readonly stack: string;
  /** Names the change set; unique among the attempts on this stack. */
  readonly attempt: string;
  readonly assembly: StackAssembly;
  readonly parameters: Readonly<Record<string, string>>;
}

/** States of a stack whose first create failed: it holds nothing, and only its removal makes room for another. */
const neverMade = new Set(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED']);

/**
 * Brings a stack to what is wanted by one change set, and waits until the stack is at rest again; its state then is the caller's to judge.
 * `present` is the stack as it stands, at rest; `during` is done at each look at the operation. Errors: `infrastructure-failed` (source user)
 * when CloudFormation does not take the template, `stack-busy`, and those of the SDK.
 */
export async function applyChangeSet(
  client: CloudFormationClient,
  wanted: Wanted,
  present: Stack | null,
  pace: Pace,
  during: () => Promise<void>,
): Promise<Stack | null> {
  const { stack } = wanted;
  const isDead = neverMade.has(present?.StackStatus ?? '');
  if (isDead) {
    await client.send(new DeleteStackCommand({ StackName: stack }));
    await settledStack(client, stack, pace);
  }
  const change = await createChangeSet(client, wanted, present === null || isDead ? 'CREATE' : 'UPDATE');
  if (!(await hasChanges(client, change, pace))) {
    await client.send(new DeleteChangeSetCommand(change));
    return describeStack(client, stack);
  }
  await client.send(new ExecuteChangeSetCommand({ ...change, ClientRequestToken: wanted.attempt }));
  // CloudFormation may answer before the operation has begun: it has when the stack is no longer as it was.
  await poll(async () => ((await hasBegun(client, stack, present)) ? true : undefined), { ...pace, withinMs: 60_000 });
  return settledStack(client, stack, pace, during);
}

async function createChangeSet(client: CloudFormationClient, wanted: Wanted, type: 'CREATE' | 'UPDATE') {
  const change = { StackName: wanted.stack, ChangeSetName: wanted.attempt };
  try {
    await client.send(
      new CreateChangeSetCommand({
        ...change,
        ChangeSetType: type,
        TemplateURL: wanted.assembly.templateUrl,
        RoleARN: wanted.assembly.executionRole,
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        Parameters: Object.entries(wanted.parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
  } catch (error) {
    // An attempt that was cut off right after it asked: its change set is this one.
    if (error instanceof Error && error.name === 'AlreadyExistsException') return change;
    if (error instanceof Error && error.name === 'ValidationError') throw refused(error.message, error);
    throw error;
  }
  return change;
}

/** Waits until a change set can be executed; false when there is nothing to execute. */
async function hasChanges(
  client: CloudFormationClient,
  change: { readonly StackName: string; readonly ChangeSetName: string },
  pace: Pace,
): Promise<boolean> {
  const made = await poll(async () => {
    const seen = await client.send(new DescribeChangeSetCommand(change));
    return /_(PENDING|IN_PROGRESS)$/.test(seen.Status ?? '') ? undefined : seen;
  }, pace);
  if (made?.Status === 'CREATE_COMPLETE') return true;
  const reason = made?.StatusReason ?? `it is ${made?.Status ?? 'not made in time'}`;
  // CloudFormation's two ways to say that all is as it should be.
  if (/didn't contain changes|No updates are to be performed/.test(reason)) return false;
  throw refused(reason);
}

const hasBegun = async (client: CloudFormationClient, name: string, before: Stack | null): Promise<boolean> => {
  const now = await describeStack(client, name);
  return (
    isMoving(now?.StackStatus ?? '') ||
    now?.StackStatus !== before?.StackStatus ||
    now?.LastUpdatedTime?.getTime() !== before?.LastUpdatedTime?.getTime()
  );
};

const refused = (why: string, cause?: unknown) =>
  new SoundBiteError('infrastructure-failed', `CloudFormation does not take the template: ${why}`, {
    source: 'user',
    mend: 'mend the template in cdk/ and cut a new release',
    cause,
  });

import {
  type Change,
  type CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  ExecuteChangeSetCommand,
  type OperationEvent,
  paginateDescribeEvents,
  type ResourceToImport,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { type ChangeSetEntry, SoundBiteError, type StackFailures, stackFailuresOf } from '@soundbite/model';
import { poll } from '../waiting.ts';
import type { StackAssembly } from './assembly.ts';
import { failureText } from './news.ts';
import type { Pace } from './pace.ts';
import { settledStack } from './stack.ts';

/** The wanted state of a stack. */
export interface WantedStack {
  readonly stack: string;
  /** Names the change set; unique among the attempts on this stack. */
  readonly attempt: string;
  /** Absent: the caller's own permissions, and an inline template. */
  readonly assembly?: Pick<StackAssembly, 'executionRole' | 'templateUrl'>;
  /** Instead of the assembly's template, by value. */
  readonly template?: unknown;
  readonly parameters: Readonly<Record<string, string>>;
  /** Existing resources that the stack imports. */
  readonly imports?: readonly ResourceToImport[];
}

/** CloudFormation's limit for an inline template, in bytes. */
const bytesByValue = 51_200;

/**
 * Makes the change set that brings a stack to what is wanted; what it would do, null if there is nothing to change. Errors: `infrastructure-failed`
 * (source user) when CloudFormation rejected the template, `change-set-refused` when it takes none for another reason, and those of the SDK.
 */
export async function makeChangeSet(
  client: CloudFormationClient,
  wanted: WantedStack,
  type: 'CREATE' | 'UPDATE' | 'IMPORT',
  pace: Pace,
): Promise<ChangeSetEntry[] | null> {
  await askForChangeSet(client, wanted, type);
  return madeChangeSet(client, wanted, pace);
}

/** Waits until a change set that was asked for is made; then as `makeChangeSet`. One without changes is deleted. */
export async function madeChangeSet(
  client: CloudFormationClient,
  wanted: Pick<WantedStack, 'stack' | 'attempt'>,
  pace: Pace,
): Promise<ChangeSetEntry[] | null> {
  const change = changeSetNames(wanted);
  const made = await poll(async () => {
    const seen = await client.send(new DescribeChangeSetCommand(change));
    return /_(PENDING|IN_PROGRESS)$/.test(seen.Status ?? '') ? undefined : seen;
  }, pace);
  if (made?.Status === 'CREATE_COMPLETE') return entriesOf(await allChanges(client, change, made));
  if (made?.Status !== 'FAILED') throw notMade(`it is ${made?.Status ?? 'not made in time'}`);
  const reason = made.StatusReason ?? 'it gives no reason';
  // CloudFormation's two ways to say that all is as it should be.
  if (!/didn't contain changes|No updates are to be performed/.test(reason))
    throw await explained(client, wanted.stack, made, reason);
  await client.send(new DeleteChangeSetCommand(change));
  return null;
}

/** CloudFormation gives the changes of a large stack in pages. */
async function allChanges(
  client: CloudFormationClient,
  change: ReturnType<typeof changeSetNames>,
  { Changes = [], NextToken }: DescribeChangeSetOutput,
): Promise<Change[]> {
  if (!NextToken) return Changes;
  const next = await client.send(new DescribeChangeSetCommand({ ...change, NextToken }));
  return [...Changes, ...(await allChanges(client, change, next))];
}

const entriesOf = (changes: readonly Change[]): ChangeSetEntry[] =>
  changes.map(({ ResourceChange: one = {} }) => ({
    id: one.LogicalResourceId ?? '',
    type: one.ResourceType ?? '',
    action: one.Action ?? '',
    replacement: one.Replacement,
    policy: one.PolicyAction,
    details: (one.Details ?? []).map(({ Target, Evaluation, ChangeSource, CausingEntity }) => ({
      attribute: Target?.Attribute,
      property: Target?.Name,
      recreation: Target?.RequiresRecreation,
      evaluation: Evaluation,
      source: ChangeSource,
      cause: CausingEntity,
    })),
  }));

/**
 * Executes a change set that is made, and waits until the stack is at rest again; its state then is the caller's to judge. `before` is
 * the stack as it stands now; `during` is done at each look at the operation. Errors: `stack-busy`, `stack-idle`, and those of the SDK.
 */
export async function executeChangeSet(
  client: CloudFormationClient,
  wanted: WantedStack,
  before: Stack | null,
  pace: Pace,
  during: () => Promise<void>,
): Promise<Stack | null> {
  await client.send(new ExecuteChangeSetCommand({ ...changeSetNames(wanted), ClientRequestToken: wanted.attempt }));
  return settledStack(client, wanted.stack, pace, { since: before, during });
}

/** What names a change set to CloudFormation. */
export const changeSetNames = ({ stack, attempt }: Pick<WantedStack, 'stack' | 'attempt'>) => ({
  StackName: stack,
  ChangeSetName: attempt,
});

async function askForChangeSet(
  client: CloudFormationClient,
  wanted: WantedStack,
  type: 'CREATE' | 'UPDATE' | 'IMPORT',
): Promise<void> {
  try {
    await client.send(
      new CreateChangeSetCommand({
        ...changeSetNames(wanted),
        ClientToken: wanted.attempt,
        ChangeSetType: type,
        ...templateOf(wanted),
        ...(wanted.imports ? { ResourcesToImport: [...wanted.imports] } : {}),
        RoleARN: wanted.assembly?.executionRole,
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'],
        Parameters: Object.entries(wanted.parameters).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
      }),
    );
  } catch (error) {
    // A request that was repeated because its answer was lost: the change set is this one.
    if (error instanceof Error && error.name === 'AlreadyExistsException') return;
    if (error instanceof Error && error.name === 'ValidationError') throw changeSetRefused(error.message, error);
    throw error;
  }
}

function templateOf({ assembly, template, stack }: WantedStack) {
  if (template === undefined) return { TemplateURL: assembly?.templateUrl };
  const TemplateBody = JSON.stringify(template);
  if (Buffer.byteLength(TemplateBody) <= bytesByValue) return { TemplateBody };
  throw notMade(`the template that fixes ${stack} has more than ${bytesByValue} bytes`);
}

/** Early validation says only in its events what it found. */
async function explained(
  client: CloudFormationClient,
  stack: string,
  { ChangeSetId, StackId = '' }: DescribeChangeSetOutput,
  reason: string,
): Promise<SoundBiteError> {
  if (!reason.includes('AWS::EarlyValidation')) return changeSetRefused(reason);
  const events: OperationEvent[] = [];
  const failed = { ChangeSetName: ChangeSetId, Filters: { FailedEvents: true } };
  for await (const page of paginateDescribeEvents({ client }, failed)) events.push(...(page.OperationEvents ?? []));
  const found = events
    .filter((event) => event.ValidationStatusReason)
    .map((event) => ({
      ...{ stack, arn: StackId, id: event.LogicalResourceId ?? '', type: event.ResourceType ?? '' },
      ...{ status: event.EventType ?? 'VALIDATION_ERROR', reason: event.ValidationStatusReason ?? null },
      ...{ at: (event.Timestamp ?? new Date(0)).toISOString(), cancelled: false },
    }));
  if (found.length === 0) return changeSetRefused(reason);
  return changeSetRefused(found.map(failureText).join('; '), undefined, stackFailuresOf(found));
}

/** What CloudFormation also calls a validation error, although no template would fix it: the stack's state, roles, assets, parameters of the account. */
const ofTheAccount =
  /is in \S+ state|already exists and cannot be created|^Stack \[\S+\] does not exist|cannot be assumed|S3 error|S3 object|from parameter store/;

/** What a validation error of CloudFormation's is: of the template, or of the account. */
export function changeSetRefused(why: string, cause?: unknown, evidence?: StackFailures): SoundBiteError {
  if (ofTheAccount.test(why)) return notMade(why, cause);
  return new SoundBiteError('infrastructure-failed', `CloudFormation rejected the template: ${why}`, {
    hint: 'fix the template in the CDK app and cut a new release',
    ...{ cause, evidence },
  });
}

const notMade = (why: string, cause?: unknown) =>
  new SoundBiteError('change-set-refused', `CloudFormation refused the change set: ${why}`, {
    hint: 'fix in the account what the message names (`soundbite bootstrap <environment>` makes roles, bucket and parameter), then run the command again',
    cause,
  });

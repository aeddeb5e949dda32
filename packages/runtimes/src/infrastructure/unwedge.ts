import {
  ContinueUpdateRollbackCommand,
  paginateListStackResources,
  RollbackStackCommand,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { cloudTroubleIn, SoundBiteError } from '@soundbite/model';
import type { Recovery } from './bring.ts';
import type { Eyes } from './eyes.ts';
import { membersOf } from './members.ts';
import { missingOf } from './presence.ts';
import { deployedTemplate, settledStack } from './stack.ts';

/** How a stack that takes no deploy was freed, one sentence each; and the stack as it then stands. */
interface Freed {
  readonly stack: Stack | null;
  readonly done: readonly string[];
}

/**
 * Brings an update that failed half way back to where it began. What somebody deleted meanwhile cannot go back, and is passed over; anything else only
 * where that was asked for. Errors: `recovery-failed` naming what does not go back.
 */
export async function rolledBack(recovery: Recovery, eyes: Eyes, stack: Stack | null): Promise<Freed> {
  const first = stack?.StackStatus === 'UPDATE_FAILED' ? await rollBack(recovery, stack) : stack;
  const done = first === stack ? [] : ['the update that had failed is rolled back'];
  if (first?.StackStatus !== 'UPDATE_ROLLBACK_FAILED') return { stack: first, done };
  const failed = await failedIn(recovery, first);
  const missing = await missingOf(
    eyes,
    await deployedTemplate(recovery.client, recovery.wanted.stack),
    await membersOf(recovery.client, recovery.wanted.stack),
    { exports: recovery.exports },
  );
  const passed = failed.filter((id) => recovery.skip.includes(id) || missing.some((one) => one.id === id));
  const last = await continueRollback(recovery, first, passed);
  if (last?.StackStatus === 'UPDATE_ROLLBACK_FAILED') throw stuck(recovery, await failedIn(recovery, last), last);
  const but = passed.length > 0 ? `, but for ${passed.join(', ')}` : '';
  return { stack: last, done: [...done, `the rollback that had failed is brought to its end${but}`] };
}

async function rollBack({ client, wanted, pace, hold }: Recovery, stack: Stack): Promise<Stack | null> {
  await hold();
  await client.send(new RollbackStackCommand({ StackName: wanted.stack, RoleARN: wanted.assembly?.executionRole }));
  return settledStack(client, wanted.stack, pace, { since: stack });
}

async function continueRollback(
  { client, wanted, pace, hold }: Recovery,
  stack: Stack,
  passed: readonly string[],
): Promise<Stack | null> {
  await hold();
  await client.send(
    new ContinueUpdateRollbackCommand({
      StackName: wanted.stack,
      RoleARN: wanted.assembly?.executionRole,
      ...(passed.length > 0 ? { ResourcesToSkip: [...passed] } : {}),
    }),
  );
  try {
    return await settledStack(client, wanted.stack, pace, { since: stack, mayEndAsItWas: true });
  } catch (error) {
    // It failed again before anybody looked: that cannot be told from the first time.
    if (error instanceof SoundBiteError && error.code === 'stack-idle') return stack;
    throw error;
  }
}

/** The logical ids that failed to roll back: CloudFormation names them in the resources, and in the stack's reason. */
async function failedIn({ client, wanted }: Recovery, { StackStatusReason = '' }: Stack): Promise<string[]> {
  const ids = [...StackStatusReason.matchAll(/\[([^\]]+)\]/g)].flatMap(([, list = '']) => list.split(/,\s*/));
  for await (const page of paginateListStackResources({ client }, { StackName: wanted.stack }))
    for (const { LogicalResourceId, ResourceStatus } of page.StackResourceSummaries ?? [])
      if (LogicalResourceId && ResourceStatus === 'UPDATE_FAILED') ids.push(LogicalResourceId);
  return [...new Set(ids)];
}

const stuck = ({ wanted }: Recovery, failed: readonly string[], { StackStatusReason = 'no reason given' }: Stack) =>
  new SoundBiteError(
    stuckCode(StackStatusReason),
    `the rollback of stack ${wanted.stack} fails again: ${StackStatusReason}`,
    {
      hint: `fix in the account what the message names; or leave it as it is: soundbite repair <environment>${failed.map((id) => ` --skip ${id}`).join('')}`,
    },
  );

/** Calls that AWS only throttled succeed at the next try. */
const stuckCode = (why: string) => (cloudTroubleIn(why) === 'cloud-throttled' ? 'cloud-throttled' : 'recovery-failed');

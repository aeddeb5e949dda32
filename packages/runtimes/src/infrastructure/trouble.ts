import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { SoundBiteError } from '@soundbite/model';
import { failuresIn } from './news.ts';

const never = new Set<string | undefined>([
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
]);

/** Whether a stack holds nothing that ever worked: it waits for its first change set, or its first create failed. It can be made anew. */
export const neverWas = (stack: Stack): boolean => never.has(stack.StackStatus);

/** Whether a stack takes no deploy until it is freed. */
export const isWedged = (stack: Stack | null): boolean =>
  /^(UPDATE_FAILED|UPDATE_ROLLBACK_FAILED|DELETE_FAILED)$/.test(stack?.StackStatus ?? '');

/** Errors: `stack-wedged` (source user) for a stack in which nothing can be deployed until it is freed. */
export function refuseWedged(name: string, stack: Stack | null): void {
  if (!isWedged(stack)) return;
  throw new SoundBiteError(
    'stack-wedged',
    `stack ${name} is in ${stack?.StackStatus}${stack?.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`,
    { source: 'user', hint: 'soundbite repair <environment>' },
  );
}

/** Whether the last operation on a stack did what it should. */
export const isWhole = (stack: Stack | null): stack is Stack =>
  /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack?.StackStatus ?? '');

/** What a deploy that CloudFormation took and did not bring to its end says: the release's fault (source user), with what failed, the cause first. */
export function failed(name: string, stack: Stack | null, events: readonly StackEvent[]): SoundBiteError {
  const status = stack?.StackStatus ?? 'gone';
  const why = failuresIn(events).join('; ') || (stack?.StackStatusReason ?? 'CloudFormation gives no reason');
  return new SoundBiteError('infrastructure-failed', `stack ${name} is ${status}: ${why}`, {
    source: 'user',
    hint: isWedged(stack)
      ? 'soundbite repair <environment>'
      : 'fix the template in cdk/ and cut a new release; CloudFormation has taken back what it had begun',
  });
}

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

/** States in which a stack takes no deploy, with the way out. */
const waysOut: Readonly<Record<string, (name: string) => string>> = {
  UPDATE_ROLLBACK_FAILED: (name) =>
    `soundbite aws <environment> cloudformation continue-update-rollback --stack-name ${name} (with --resources-to-skip for what cannot go back), then the command again`,
  UPDATE_FAILED: (name) =>
    `soundbite aws <environment> cloudformation rollback-stack --stack-name ${name}, then the command again`,
  DELETE_FAILED: (name) =>
    `soundbite aws <environment> cloudformation delete-stack --stack-name ${name} --retain-resources <those that cannot go>, then the command again`,
};

/** The command with which a person frees a stack in which nothing can be deployed; null for any other stack. */
export const wayOutOf = (name: string, stack: Stack | null): string | null =>
  waysOut[stack?.StackStatus ?? '']?.(name) ?? null;

/** Errors: `stack-wedged` (source user) for a stack in which nothing can be deployed until a person has acted. */
export function refuseWedged(name: string, stack: Stack | null): void {
  const wayOut = wayOutOf(name, stack);
  if (wayOut === null) return;
  throw new SoundBiteError(
    'stack-wedged',
    `stack ${name} is in ${stack?.StackStatus}${stack?.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`,
    { source: 'user', mend: wayOut },
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
    mend:
      wayOutOf(name, stack) ??
      'mend the template in cdk/ and cut a new release; CloudFormation has taken back what it had begun',
  });
}

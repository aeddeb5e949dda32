import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { type CloudTrouble, cloudTroubleIn, SoundBiteError, stackFailuresOf } from '@soundbite/model';
import { causesIn, failuresIn } from './news.ts';

const never = new Set<string | undefined>([
  'REVIEW_IN_PROGRESS',
  'ROLLBACK_COMPLETE',
  'ROLLBACK_FAILED',
  'CREATE_FAILED',
]);

/** Whether a stack never worked: it waits for its first change set, or its first create failed. It can be created again. */
export const neverWas = (stack: Stack): boolean => never.has(stack.StackStatus);

/** Whether a stack takes no deploy until it is freed. */
export const isWedged = (stack: Stack | null): boolean =>
  /^(UPDATE_FAILED|UPDATE_ROLLBACK_FAILED|DELETE_FAILED)$/.test(stack?.StackStatus ?? '');

/** Errors: `stack-wedged` for a stack in which nothing can be deployed until it is freed. */
export function refuseWedged(name: string, stack: Stack | null): void {
  if (!isWedged(stack)) return;
  throw new SoundBiteError(
    'stack-wedged',
    `stack ${name} is in ${stack?.StackStatus}${stack?.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`,
    { hint: 'soundbite repair <environment>' },
  );
}

/** Whether the last operation on a stack did what it should. */
export const isWhole = (stack: Stack | null): stack is Stack =>
  /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack?.StackStatus ?? '');

/** How a stack stands, for people. */
export const standingOf = (stack: Stack | null): string => (stack ? `is ${stack.StackStatus ?? 'unknown'}` : 'is gone');

/**
 * The error of a deploy that CloudFormation accepted and did not complete, the cause first, with what failed as evidence (`StackFailures`). Errors: `infrastructure-failed` is the release's fault;
 * `cloud-throttled` and `cloud-denied`, where all that failed failed for want of AWS's capacity or permission, are not.
 */
export function failed(name: string, stack: Stack | null, events: readonly StackEvent[]): SoundBiteError {
  const found = failuresIn(events);
  const causes = causesIn(found);
  const reasons = causes.length > 0 ? causes : [stack?.StackStatusReason ?? 'CloudFormation gives no reason'];
  const message = `stack ${name} is ${stack?.StackStatus ?? 'gone'}: ${reasons.join('; ')}`;
  const code = troubleOfAll(reasons) ?? 'infrastructure-failed';
  const shown = found.length > 0 ? { evidence: stackFailuresOf(found) } : {};
  if (isWedged(stack)) return new SoundBiteError(code, message, { ...shown, hint: 'soundbite repair <environment>' });
  const backHint = 'fix the template in the CDK app and cut a new release; CloudFormation has rolled back its changes';
  return new SoundBiteError(code, message, {
    ...shown,
    ...(code === 'infrastructure-failed' ? { hint: backHint } : {}),
  });
}

/** The trouble that all reasons have in common; null: at least one is about the template. */
export function troubleOfAll(reasons: readonly string[]): CloudTrouble | null {
  const troubles = reasons.map(cloudTroubleIn);
  if (troubles.includes(null)) return null;
  return troubles.includes('cloud-denied') ? 'cloud-denied' : (troubles[0] ?? null);
}

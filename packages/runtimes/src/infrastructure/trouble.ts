import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import { SoundBiteError } from '@soundbite/model';
import { describeStack, failingEvents } from './stack.ts';

/**
 * States in which a stack takes no deploy, with the way out. A stack whose first create failed (ROLLBACK_COMPLETE, CREATE_FAILED)
 * holds nothing: the toolkit removes and makes it anew.
 */
const waysOut: Readonly<Record<string, (name: string) => string>> = {
  UPDATE_ROLLBACK_FAILED: (name) =>
    `aws cloudformation continue-update-rollback --stack-name ${name} (with --resources-to-skip for what cannot go back), then the command again`,
  UPDATE_FAILED: (name) => `aws cloudformation rollback-stack --stack-name ${name}, then the command again`,
  DELETE_FAILED: (name) =>
    `aws cloudformation delete-stack --stack-name ${name} --retain-resources <those that cannot go>, then the command again`,
};

/** Errors: `stack-wedged` (source user) for a stack in which nothing can be deployed until a person has acted. */
export function refuseWedged(name: string, stack: Stack | null): void {
  const status = stack?.StackStatus ?? '';
  const wayOut = waysOut[status];
  if (!wayOut) return;
  throw new SoundBiteError(
    'stack-wedged',
    `stack ${name} is in ${status}${stack?.StackStatusReason ? `: ${stack.StackStatusReason}` : ''}`,
    { source: 'user', mend: wayOut(name) },
  );
}

/**
 * Why a deploy failed, from the stack itself where it says so. A template that CloudFormation refuses is the release's fault
 * (`infrastructure-failed`, source user); anything else is passed on or is `deploy-broke`.
 */
export async function explainFailure(
  client: CloudFormationClient,
  name: string,
  started: Date,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof SoundBiteError) || error.code !== 'unexpected') return error;
  const stack = await describeStack(client, name);
  const reasons = stack ? await failingEvents(client, name, started) : [];
  if (reasons.length === 0 && !isRefusal(error.message))
    return new SoundBiteError('deploy-broke', `stack ${name} could not be deployed: ${error.message}`, {
      cause: error,
      mend: 'run the command again; `soundbite doctor` looks at the account',
    });
  const why = reasons.length > 0 ? reasons.join('; ') : error.message;
  return new SoundBiteError('infrastructure-failed', `stack ${name} is ${stack?.StackStatus ?? 'not made'}: ${why}`, {
    source: 'user',
    cause: error,
    mend:
      waysOut[stack?.StackStatus ?? '']?.(name) ??
      'mend the template in cdk/ and cut a new release; the stack is back to what it was',
  });
}

/** CloudFormation refused the template before it touched anything: there are no events then. */
const isRefusal = (message: string) =>
  /ValidationError|Template (format|validation) error|Unsupported resource|Unrecognized resource/i.test(message);

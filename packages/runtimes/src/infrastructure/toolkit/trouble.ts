import { cloudTrouble, SoundBiteError } from '@soundbite/model';
import { changeSetRefused } from '../change-set.ts';

/**
 * What the toolkit says when no change set came to be. Errors: `asset-unpublished`, those of a change set that is refused (only what CloudFormation
 * itself calls invalid is the release's fault), and those of `notDone`.
 */
export function notMade(error: Error): SoundBiteError {
  const said = causesOf(error);
  const validation = said.find(({ name }) => name === 'ValidationError');
  // STS calls its refusals so, too.
  const isOfRole = said.some((one) => one !== validation && /\bassume role\b|\bcredentials\b/i.test(one.message));
  if (validation && !isOfRole) return changeSetRefused(validation.message, error);
  const why = said.at(-1)?.message ?? error.message;
  if (!said.some(({ message }) => /\bpublish/i.test(message))) return notDone(error);
  return new SoundBiteError('asset-unpublished', `the toolkit cannot publish the release's files: ${why}`, {
    hint: 'check that the bucket and the publishing role are as `soundbite bootstrap <environment>` makes them, then run the command again',
    cause: error,
  });
}

/** What the toolkit says when it changed nothing. Errors: `cloud-throttled`, `cloud-denied`, `toolkit-failed`. */
export function notDone(error: Error): SoundBiteError {
  if (error instanceof SoundBiteError) return error;
  const why = causesOf(error).at(-1)?.message ?? error.message;
  return new SoundBiteError(cloudTrouble(error) ?? 'toolkit-failed', `the AWS CDK toolkit does not deploy: ${why}`, {
    cause: error,
  });
}

/** An error and what caused it, the cause last. */
function causesOf(error: Error): Error[] {
  return [error, ...(error.cause instanceof Error ? causesOf(error.cause) : [])];
}

import { describe, expect, it } from 'vitest';
import { notDone, notMade } from './trouble.ts';
import { tellError, toldError } from './words.ts';

/** As it arrives from the toolkit's process, wrapped as the toolkit wraps it. */
function told(name: string, message: string, httpStatusCode?: number, wrapped = 'soundbite-staging failed'): Error {
  const cause = Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
  return toldError(structuredClone(tellError(new Error(wrapped, { cause }))));
}

describe('what the toolkit says went wrong', () => {
  it('is the template’s fault only where CloudFormation says so', () => {
    const error = told('ValidationError', 'Template format error: Unresolved resource dependencies [Queu]', 400);
    expect(notMade(error)).toMatchObject({ code: 'infrastructure-failed', source: 'user' });
    expect(notMade(error).message).toContain('[Queu]');
    const account = told('ValidationError', 'Role arn:aws:iam::123456789012:role/x cannot be assumed', 400);
    expect(notMade(account)).toMatchObject({ code: 'change-set-refused', source: 'system' });
  });

  it('is not the template’s fault where a role cannot be assumed', () => {
    const message = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role';
    const error = told('ValidationError', message, 400, 'Could not assume role in target account');
    expect(notMade(error)).toMatchObject({ code: 'toolkit-failed', source: 'system' });
  });

  it.each([
    ['ThrottlingException', 'Rate exceeded', 400, 'cloud-throttled'],
    ['InternalFailure', 'We are sorry', 503, 'cloud-throttled'],
    ['AccessDenied', 'User is not authorized to perform cloudformation:CreateChangeSet', 403, 'cloud-denied'],
    ['Error', 'socket hang up', undefined, 'toolkit-failed'],
  ])('is never the release’s where AWS or a connection says %s', (name, message, status, code) => {
    const error = told(name, message, status);
    for (const made of [notMade(error), notDone(error)]) {
      expect(made).toMatchObject({ code, source: code === 'cloud-denied' ? made.source : 'system' });
      expect(made.message).toContain(message);
    }
  });

  it('is a file that could not be published', () => {
    const error = told('AccessDenied', 'Access Denied', 403, 'Failed to publish asset 1234');
    expect(notMade(error)).toMatchObject({ code: 'asset-unpublished', source: 'system' });
  });
});

import type { Stack, StackEvent } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { failed, refuseWedged } from './trouble.ts';

describe('a stack that takes no deploy', () => {
  it.each(['UPDATE_ROLLBACK_FAILED', 'UPDATE_FAILED', 'DELETE_FAILED'])(
    'is named with its way out: %s',
    (StackStatus) => {
      const stack = { StackStatus, StackStatusReason: 'Table could not go back' } as Stack;
      expect(() => refuseWedged('soundbite-staging', stack)).toThrow(
        expect.objectContaining({
          code: 'stack-wedged',
          source: 'user',
          message: `stack soundbite-staging is in ${StackStatus}: Table could not go back`,
          hint: 'soundbite repair <environment>',
        }),
      );
    },
  );

  it('is none that is well, is not there, or holds nothing after a first create that failed', () => {
    for (const StackStatus of ['CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'ROLLBACK_COMPLETE'])
      expect(() => refuseWedged('s', { StackStatus } as Stack)).not.toThrow();
    expect(() => refuseWedged('s', null)).not.toThrow();
  });
});

describe('a deploy that CloudFormation did not bring to its end', () => {
  const event = (LogicalResourceId: string, ResourceStatusReason: string) =>
    ({
      LogicalResourceId,
      ResourceType: 'AWS::SQS::Queue',
      ResourceStatus: 'CREATE_FAILED',
      ResourceStatusReason,
    }) as StackEvent;
  const rate = event('Queue', 'Rate exceeded (Service: Sqs, Status Code: 400, Request ID: 1)');
  const denied = event(
    'Dead',
    'Resource handler returned message: "no" (RequestToken: 1, HandlerErrorCode: AccessDenied)',
  );
  const wrong = event('Table', 'Properties validation failed for resource Table');
  const back = { StackStatus: 'UPDATE_ROLLBACK_COMPLETE' } as Stack;

  it.each([
    ['the release’s template', [wrong], 'infrastructure-failed'],
    ['throttling', [rate, rate], 'cloud-throttled'],
    ['what the account denies', [denied, rate], 'cloud-denied'],
    ['the template, whatever else failed beside it', [rate, wrong], 'infrastructure-failed'],
  ])('blames %s', (_what, events, code) => {
    const error = failed('soundbite-staging', back, events);
    expect(error.code).toBe(code);
    expect(error.message).toContain(
      `stack soundbite-staging is UPDATE_ROLLBACK_COMPLETE: ${events[0]?.LogicalResourceId}`,
    );
    const failures = events.map(({ LogicalResourceId: id }) => expect.objectContaining({ id, cancelled: false }));
    expect(error.evidence).toEqual({ failures, leftOut: 0 });
  });

  it('blames throttling also where only the stack says why, and repairs what is wedged', () => {
    const stack = { StackStatus: 'UPDATE_ROLLBACK_FAILED', StackStatusReason: 'Rate exceeded' } as Stack;
    expect(failed('s', stack, [])).toMatchObject({ code: 'cloud-throttled', hint: 'soundbite repair <environment>' });
    expect(failed('s', null, [])).toMatchObject({ code: 'infrastructure-failed', evidence: undefined });
  });
});

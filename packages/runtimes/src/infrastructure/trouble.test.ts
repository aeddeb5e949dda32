import type { Stack } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { refuseWedged } from './trouble.ts';

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

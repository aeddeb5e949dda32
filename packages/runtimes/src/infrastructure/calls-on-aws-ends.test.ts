import { noHoldings } from '@soundbite/model';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { bootstrap } from './bootstrap.ts';
import { destroy } from './destroy.ts';
import { awsRefusal, type Exchange } from './testing.ts';
import { described, events, noStack, recordedStack } from './testing-stack.ts';

/** What a real account does not let go, or does not prepare, in its own words. */

// Nothing was left half done before.
vi.mock('./recover.ts', () => ({ recoverStack: async () => [] }));
vi.mock('./pace.ts', () => ({ pace: () => ({ everyMs: 1, withinMs: 2000, beginsWithinMs: 50 }) }));

let at: Awaited<ReturnType<typeof recordedStack>>;
beforeEach(async () => {
  at = await recordedStack();
});
afterEach(() => at.close());

const members: Exchange = ['ListStackResources', { StackResourceSummaries: [] }];

it('a stack that does not go is named with its reasons', async () => {
  const conversation: Exchange[] = [
    noStack,
    events('1 Queue CREATE_COMPLETE'),
    described('UPDATE_COMPLETE', { isProtected: true }),
    ['UpdateTerminationProtection', {}],
    members,
    ['DeleteStack', {}],
    described('DELETE_IN_PROGRESS', { updated: 2 }),
    described('DELETE_FAILED', { updated: 2 }),
    events('2 Queue DELETE_FAILED somebody still uses it', '1 Queue CREATE_COMPLETE'),
  ];
  const { error } = await at.over(conversation, () => destroy(at.environment, at.cloud));
  expect(error).toMatchObject({
    code: 'destroy-failed',
    message: expect.stringMatching(/^stack soundbite-staging is DELETE_FAILED: .*somebody still uses it/),
  });
});

it('an account that does not take the bootstrap says why, and what to do then', async () => {
  const conversation: Exchange[] = [
    noStack,
    noStack,
    noStack,
    ['DescribeStackEvents', awsRefusal('ValidationError', 'Stack [x] does not exist')],
    ['CreateStack', { StackId: 'a' }],
    described('CREATE_IN_PROGRESS', { updated: 2 }),
    described('ROLLBACK_COMPLETE', { updated: 3 }),
    events('2 Queue CREATE_FAILED this account takes no more roles'),
  ];
  const { error } = await at.over(conversation, () => bootstrap(at.environment, at.cloud, noHoldings));
  expect(error).toMatchObject({
    code: 'bootstrap-failed',
    message: expect.stringMatching(/ROLLBACK_COMPLETE: .*no more roles/),
    hint: 'fix what the message names, then: soundbite bootstrap staging',
  });
});

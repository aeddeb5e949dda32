import { noHoldings } from '@soundbite/model';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRefusal, type Exchange } from './testing.ts';
import {
  changeSet,
  changeSetExchange,
  described,
  events,
  execute,
  fence,
  made,
  noStack,
  older,
  published,
  qualifier,
  recordedStack,
  release,
  review,
  stack,
  stackId,
  template,
  templateExchange,
} from './testing-stack.ts';

// What could not be tried on AWS itself: the calls are held to what its documentation says they must be, and to how it answers.

vi.mock('./pace.ts', () => ({ pace: () => ({ everyMs: 1, withinMs: 2000, beginsWithinMs: 300 }) }));
// What was deleted by hand is looked for first, by calls that calls-on-aws-recovery.test.ts holds: here nothing was.
vi.mock('./recover.ts', () => ({ recoverStack: async () => [] }));

describe('the calls for a stack on a real account', () => {
  let at: Awaited<ReturnType<typeof recordedStack>>;
  beforeEach(async () => {
    at = await recordedStack();
  });
  afterEach(() => at.close());

  it('make a first stack by a change set, wait out reads of a time before, and protect it at the end', async () => {
    const { value } = await at.deployed(
      [
        fence,
        noStack,
        ['HEAD template.json', awsRefusal('', '', 404)],
        ['PUT template.json', {}],
        ...made,
        review,
        events(`1 ${stack} REVIEW_IN_PROGRESS`),
        fence,
        execute,
        review,
        events(`1 ${stack} REVIEW_IN_PROGRESS`),
        described('CREATE_IN_PROGRESS'),
        events(`2 ${stack} CREATE_IN_PROGRESS`, `1 ${stack} REVIEW_IN_PROGRESS`),
        review,
        events(`2 ${stack} CREATE_IN_PROGRESS`),
        described('CREATE_COMPLETE'),
        events(`4 ${stack} CREATE_COMPLETE`, '3 Queue CREATE_COMPLETE', `2 ${stack} CREATE_IN_PROGRESS`),
        ['UpdateTerminationProtection', { StackId: stackId }],
      ],
      { ...at.environment, protected: true },
    );
    expect(value).toEqual({ QueueUrl: 'https://sqs/q' });
    expect(at.told.map(({ resource, status }) => `${resource} ${status}`)).toEqual([
      `${stack} CREATE_IN_PROGRESS`,
      'Queue CREATE_COMPLETE',
      `${stack} CREATE_COMPLETE`,
    ]);
    const [create] = at.aws.inputOf('CreateChangeSet');
    expect(create).toMatchObject({
      StackName: stack,
      ChangeSetType: 'CREATE',
      TemplateURL: `https://s3.eu-central-1.amazonaws.com/cdk-${qualifier}-assets-123456789012-eu-central-1/template.json`,
      RoleARN: `arn:aws:iam::123456789012:role/cdk-${qualifier}-cfn-exec-role-123456789012-eu-central-1`,
      'Parameters.member.1.ParameterKey': 'ReleaseDigest',
      'Parameters.member.1.ParameterValue': release,
      'Parameters.member.2.ParameterValue': 'real',
    });
    // One name for each attempt, under the environment's qualifier, that only the same request may repeat.
    expect(create?.ChangeSetName).toMatch(new RegExp(`^${qualifier}-7-[0-9a-f]{8}$`));
    expect(create?.ClientToken).toBe(create?.ChangeSetName);
    // Tags that are not given are left as they are; given as none, they would be taken away.
    expect(Object.keys(create ?? {}).filter((key) => key.startsWith('Tags'))).toEqual([]);
    expect(at.aws.inputOf('ExecuteChangeSet')).toEqual([
      expect.objectContaining({ ChangeSetName: create?.ChangeSetName, ClientRequestToken: create?.ChangeSetName }),
    ]);
  });

  it('update a stack, whose end is not the state that it had before', async () => {
    const old = events('9 Queue UPDATE_COMPLETE');
    const { value } = await at.deployed([
      fence,
      described('UPDATE_COMPLETE'),
      published,
      ...made,
      described('UPDATE_COMPLETE'),
      old,
      fence,
      execute,
      ...[described('UPDATE_COMPLETE'), old],
      ...[described('UPDATE_IN_PROGRESS', { updated: 2 }), old],
      ...[described('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', { updated: 2 }), old],
      ...[described('UPDATE_COMPLETE', { updated: 2 }), old],
    ]);
    expect(value).toEqual({ QueueUrl: 'https://sqs/q' });
    expect(at.aws.inputOf('CreateChangeSet')).toEqual([expect.objectContaining({ ChangeSetType: 'UPDATE' })]);
  });

  it('touch nothing when the stack stands as wanted', async () => {
    const { error } = await at.deployed([fence, described('UPDATE_COMPLETE', { of: release }), templateExchange]);
    expect(error).toBeNull();
  });

  it.each([
    `The submitted information didn't contain changes. Submit different information to create a change set.`,
    'No updates are to be performed.',
  ])('take a change set without changes as done, after an update that rolled back too: %s', async (reason) => {
    const { value } = await at.deployed([
      fence,
      described('UPDATE_ROLLBACK_COMPLETE', { of: release }),
      published,
      changeSetExchange,
      changeSet('FAILED', reason),
      ['DeleteChangeSet', {}],
    ]);
    expect(value).toEqual({ QueueUrl: 'https://sqs/q' });
  });

  it('remove what a first create left, protected or not, and make the stack when it is gone', async () => {
    const { error } = await at.deployed([
      fence,
      described('ROLLBACK_COMPLETE', { isProtected: true }),
      published,
      fence,
      ['UpdateTerminationProtection', { StackId: stackId }],
      ['DeleteStack', {}],
      described('ROLLBACK_COMPLETE', { isProtected: true }),
      described('DELETE_IN_PROGRESS'),
      noStack,
      ...made,
      review,
      events(`1 ${stack} REVIEW_IN_PROGRESS`),
      fence,
      execute,
      review,
      events(`1 ${stack} REVIEW_IN_PROGRESS`),
      described('CREATE_COMPLETE'),
      events(`2 ${stack} CREATE_COMPLETE`, `1 ${stack} REVIEW_IN_PROGRESS`),
    ]);
    expect(error).toBeNull();
    expect(at.aws.inputOf('DeleteStack')).toEqual([expect.objectContaining({ StackName: stackId })]);
    expect(at.aws.inputOf('CreateChangeSet')).toEqual([expect.objectContaining({ ChangeSetType: 'CREATE' })]);
  });

  it('make a stack of one that only waits for its first change set', async () => {
    const { error } = await at.deployed([
      fence,
      review,
      published,
      ...made,
      review,
      events(`1 ${stack} REVIEW_IN_PROGRESS`),
      fence,
      execute,
      described('CREATE_COMPLETE'),
      events(`2 ${stack} CREATE_COMPLETE`, `1 ${stack} REVIEW_IN_PROGRESS`),
    ]);
    expect(error).toBeNull();
    expect(at.aws.inputOf('CreateChangeSet')).toEqual([expect.objectContaining({ ChangeSetType: 'CREATE' })]);
  });

  it('wait while the stack is in an operation, and find done what an attempt began that was cut off', async () => {
    const { error } = await at.deployed([
      fence,
      described('UPDATE_IN_PROGRESS'),
      described('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      described('UPDATE_COMPLETE', { of: release }),
      templateExchange,
    ]);
    expect(error).toBeNull();
  });

  it('go on when the change set was asked for already, by a request whose answer was lost', async () => {
    const { error } = await at.deployed([
      fence,
      described('UPDATE_COMPLETE'),
      published,
      ['CreateChangeSet', awsRefusal('InternalFailure', 'lost', 500)],
      ['CreateChangeSet', awsRefusal('AlreadyExistsException', `ChangeSet ${qualifier} already exists`)],
      changeSet('CREATE_COMPLETE'),
      described('UPDATE_COMPLETE'),
      events('1 Queue CREATE_COMPLETE'),
      fence,
      execute,
      described('UPDATE_COMPLETE', { updated: 2 }),
      events('1 Queue CREATE_COMPLETE'),
    ]);
    expect(error).toBeNull();
    const [first, second] = at.aws.inputOf('CreateChangeSet');
    expect(second).toEqual(first);
  });

  it('bear being throttled', async () => {
    const throttled: Exchange = ['DescribeStacks', awsRefusal('Throttling', 'Rate exceeded')];
    // The SDK waits for a random part of a growing time.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0);
    const stands = [described('UPDATE_COMPLETE', { of: release }), templateExchange];
    const { error } = await at.deployed([fence, ...Array.from({ length: 6 }, () => throttled), ...stands]);
    random.mockRestore();
    expect(error).toBeNull();
  });

  it('count a stack that never was as none', async () => {
    for (const status of ['REVIEW_IN_PROGRESS', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'CREATE_FAILED']) {
      const { value } = await at.over([described(status)], () => at.stacks.state(at.environment, at.cloud));
      expect(value).toBeNull();
    }
    const rolledBack = [described('UPDATE_ROLLBACK_COMPLETE'), templateExchange];
    const { value } = await at.over(rolledBack, () => at.stacks.state(at.environment, at.cloud));
    expect(value).toEqual({
      status: 'UPDATE_ROLLBACK_COMPLETE',
      template,
      parameters: { ReleaseDigest: older, CloudKind: 'real' },
      outputs: { QueueUrl: 'https://sqs/q' },
      release: older,
      wayOut: null,
    });
  });

  it('destroy a stack when it is gone, and not when it only looks as it did', async () => {
    const resources: Exchange = ['ListStackResources', { StackResourceSummaries: [] }];
    const noBootstrap: Exchange = ['DescribeStacks', awsRefusal('ValidationError', 'Stack with id x does not exist')];
    const noEvents: Exchange = ['DescribeStackEvents', awsRefusal('ValidationError', 'Stack [x] does not exist')];
    const { error } = await at.over(
      [
        noBootstrap,
        events('1 Queue CREATE_COMPLETE'),
        described('UPDATE_COMPLETE', { isProtected: true }),
        ['UpdateTerminationProtection', { StackId: stackId }],
        resources,
        ['DeleteStack', {}],
        described('UPDATE_COMPLETE'),
        described('DELETE_IN_PROGRESS'),
        noStack,
        noEvents,
        noBootstrap,
      ],
      () => at.stacks.destroy(at.environment, at.cloud),
    );
    expect(error).toBeNull();
  });

  it('bootstrap: what a first one left is removed, and the end of an update is not the state before it', async () => {
    const bootstrap = () => at.stacks.bootstrap(at.environment, at.cloud, noHoldings);
    const first = await at.over(
      [
        described('ROLLBACK_COMPLETE'),
        noStack,
        described('ROLLBACK_COMPLETE'),
        events('1 Queue DELETE_COMPLETE'),
        ['DeleteStack', {}],
        described('ROLLBACK_COMPLETE'),
        noStack,
        ['CreateStack', { StackId: stackId }],
        noStack,
        described('CREATE_IN_PROGRESS'),
        described('CREATE_COMPLETE'),
      ],
      bootstrap,
    );
    expect(first.value).toEqual({ changed: true });
    const second = await at.over(
      [
        described('UPDATE_ROLLBACK_COMPLETE'),
        templateExchange,
        noStack,
        described('UPDATE_ROLLBACK_COMPLETE'),
        templateExchange,
        events('1 Queue CREATE_COMPLETE'),
        ['UpdateStack', { StackId: stackId }],
        described('UPDATE_ROLLBACK_COMPLETE'),
        described('UPDATE_COMPLETE', { updated: 2 }),
      ],
      bootstrap,
    );
    expect(second.value).toEqual({ changed: true });
  });

  it('bootstrap: what a stack holds that is declared no more and still stands stays allowed', async () => {
    const before = { SoundBiteHoldings: { ...noHoldings, stacks: ['orders-data'] } };
    const recorded: Exchange = ['GetTemplate', { TemplateBody: JSON.stringify({ Metadata: before }) }];
    const environment = { ...at.environment, stacks: ['orders-api'] };
    const { value } = await at.over(
      [
        described('UPDATE_COMPLETE'),
        recorded,
        noStack,
        described('UPDATE_COMPLETE'),
        templateExchange,
        noStack,
        described('UPDATE_COMPLETE'),
        recorded,
        events('1 Queue CREATE_COMPLETE'),
        ['UpdateStack', { StackId: stackId }],
        described('UPDATE_COMPLETE', { updated: 2 }),
      ],
      () => at.stacks.bootstrap(environment, at.cloud, noHoldings),
    );
    expect(value).toEqual({ changed: true });
    expect(JSON.stringify(at.aws.inputOf('UpdateStack'))).toContain('stack/orders-data/*');
  });
});

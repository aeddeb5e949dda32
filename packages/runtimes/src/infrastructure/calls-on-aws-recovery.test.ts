import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { awsRefusal, type Exchange } from './testing.ts';
import {
  described,
  events,
  execute,
  fence,
  made,
  noStack,
  older,
  recordedStack,
  release,
  stackId,
  templateExchange,
} from './testing-stack.ts';

// What a person deleted on a real account: the calls by which it is found and fixed, held to what AWS's documentation says.

vi.mock('./pace.ts', () => ({ pace: () => ({ everyMs: 1, withinMs: 5000, beginsWithinMs: 1000 }) }));

const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/jobs';
const members: Exchange = [
  'ListStackResources',
  {
    StackResourceSummaries: [
      { LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue', PhysicalResourceId: queueUrl },
      { LogicalResourceId: 'Other', ResourceType: 'AWS::CDK::Metadata', PhysicalResourceId: 'other' },
    ],
  },
];
const both: Exchange = [
  'GetTemplate',
  {
    TemplateBody: JSON.stringify({
      Resources: {
        Queue: { Type: 'AWS::SQS::Queue' },
        Other: { Type: 'AWS::CDK::Metadata', Properties: { Reads: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
      },
    }),
  },
];
const there: Exchange = ['GetQueueAttributes', { Attributes: { QueueArn: 'arn:…' } }];
const detected: readonly Exchange[] = [
  ['DetectStackDrift', { StackDriftDetectionId: 'd-1' }],
  ['DescribeStackDriftDetectionStatus', { DetectionStatus: 'DETECTION_IN_PROGRESS' }],
  ['DescribeStackDriftDetectionStatus', { DetectionStatus: 'DETECTION_COMPLETE' }],
];
/** CloudFormation looks for drift, and tells of nothing. */
const noDrift: readonly Exchange[] = [...detected, ['DescribeStackResourceDrifts', { StackResourceDrifts: [] }]];
const asDeployed: readonly Exchange[] = [described('UPDATE_COMPLETE', { updated: 2 }), ...noDrift];
const gone: Exchange = ['GetQueueAttributes', awsRefusal('QueueDoesNotExist', 'The specified queue does not exist.')];

describe('the calls that fix a stack on a real account', () => {
  let at: Awaited<ReturnType<typeof recordedStack>>;
  beforeEach(async () => {
    at = await recordedStack();
  });
  afterEach(() => at.close());
  const recovered = (exchanges: readonly Exchange[], skip: readonly string[] = []) =>
    at.over(exchanges, () =>
      at.stacks.recover(at.environment, at.cloud, at.directory, release, { owner: 'db', generation: 7 }, skip),
    );

  it('are looks alone where all is there', async () => {
    const { value } = await recovered([fence, described('UPDATE_COMPLETE'), ...noDrift, members, both, there]);
    expect(value).toEqual([]);
  });

  const foundQueue = (status: string): Exchange => [
    'DescribeStackResourceDrifts',
    {
      StackResourceDrifts: [
        { LogicalResourceId: 'Queue', ResourceType: 'AWS::SQS::Queue', StackResourceDriftStatus: status },
      ],
    },
  ];

  it('do not look once more for what CloudFormation has just compared', async () => {
    const { value } = await recovered([
      ...[fence, described('UPDATE_COMPLETE'), ...detected, foundQueue('IN_SYNC'), members, both],
    ]);
    expect(value).toEqual([]);
    expect(at.aws.inputOf('DescribeStackResourceDrifts')[0]).toMatchObject({
      'StackResourceDriftStatusFilters.member.1': 'IN_SYNC',
      'StackResourceDriftStatusFilters.member.2': 'MODIFIED',
    });
    const state = () => at.stacks.state(at.environment, at.cloud);
    const presence = () => at.stacks.presence(at.environment, at.cloud, { settings: true });
    // The template of a stack that stands as it stood is not asked for again.
    await at.over([described('UPDATE_COMPLETE'), both], state);
    await at.over([described('UPDATE_COMPLETE')], state);
    const calls = [described('UPDATE_COMPLETE'), members, ...detected, foundQueue('IN_SYNC')];
    const { value: seen } = await at.over(calls, presence);
    expect(seen).toEqual({ missing: [], changed: [], leftovers: [] });
    await at.over([described('UPDATE_COMPLETE', { updated: 3 }), both], state);
  });

  it('believe no comparison that failed', async () => {
    const failed: Exchange = ['DescribeStackDriftDetectionStatus', { DetectionStatus: 'DETECTION_FAILED' }];
    const detection: readonly Exchange[] = [['DetectStackDrift', { StackDriftDetectionId: 'd-1' }], failed];
    const { value } = await recovered([
      ...[fence, described('UPDATE_COMPLETE'), ...detection, foundQueue('IN_SYNC'), members, both, there],
    ]);
    expect(value).toEqual([]);
  });

  it('take what is gone out of the template that stands, under its own parameters, and touch nothing else', async () => {
    const { value } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
      ...noDrift,
      members,
      both,
      gone,
      gone,
      ...made,
      described('UPDATE_COMPLETE'),
      events('1 Queue CREATE_COMPLETE'),
      fence,
      execute,
      ...[described('UPDATE_IN_PROGRESS', { updated: 2 }), events('1 Queue CREATE_COMPLETE')],
      ...[described('UPDATE_COMPLETE', { updated: 2 }), events('1 Queue CREATE_COMPLETE')],
      ...asDeployed,
    ]);
    expect(value).toEqual(['created again, deleted by hand: Queue']);
    const [change] = at.aws.inputOf('CreateChangeSet');
    expect(JSON.parse(change?.TemplateBody ?? '')).toEqual({
      // For the deploy that creates it again: what refers to it changes for that.
      Metadata: { 'SoundBite::TakenOut': ['Queue'] },
      Resources: {
        Other: { Type: 'AWS::CDK::Metadata', Properties: { Reads: 'arn:aws:sqs:eu-central-1:123456789012:jobs' } },
      },
    });
    expect(change).toMatchObject({ ChangeSetType: 'UPDATE', 'Parameters.member.1.ParameterValue': older });
  });

  it('let nothing leave the stack that a second look finds', async () => {
    const { value } = await recovered([fence, described('UPDATE_COMPLETE'), ...noDrift, members, both, gone, there]);
    expect(value).toEqual([]);
  });

  const altered: readonly Exchange[] = [
    ...detected,
    [
      'DescribeStackResourceDrifts',
      {
        StackResourceDrifts: [
          {
            LogicalResourceId: 'Queue',
            ResourceType: 'AWS::SQS::Queue',
            PhysicalResourceId: queueUrl,
            ActualProperties: JSON.stringify({ QueueName: 'jobs', VisibilityTimeout: 1, Tags: [] }),
            PropertyDifferences: [
              { PropertyPath: '/VisibilityTimeout', ActualValue: '1', ExpectedValue: '210' },
              { PropertyPath: '/RedrivePolicy/maxReceiveCount', ActualValue: 'null', ExpectedValue: '3' },
              { PropertyPath: '/Tags/0', ActualValue: '{"Key":"cost"}', ExpectedValue: 'null' },
            ],
          },
          {
            LogicalResourceId: 'ApiAlias',
            ResourceType: 'AWS::Lambda::Alias',
            PropertyDifferences: [{ PropertyPath: '/FunctionVersion', ActualValue: '7', ExpectedValue: '1' }],
          },
        ],
      },
    ],
    ...[members, both],
    ...[described('UPDATE_COMPLETE'), both],
  ];

  it('make settings that somebody changed the stack’s own, but not those that the controller sets, nor tags', async () => {
    const { value } = await recovered([
      ...[fence, described('UPDATE_COMPLETE')],
      ...altered,
      ...made,
      described('UPDATE_COMPLETE'),
      events('1 Queue CREATE_COMPLETE'),
      fence,
      execute,
      ...[described('UPDATE_COMPLETE', { updated: 2 }), events('1 Queue CREATE_COMPLETE')],
    ]);
    expect(value).toEqual(['restored, changed by hand: Queue (VisibilityTimeout, RedrivePolicy)']);
    const [change] = at.aws.inputOf('CreateChangeSet');
    expect(JSON.parse(change?.TemplateBody ?? '').Resources.Queue).toEqual({
      Type: 'AWS::SQS::Queue',
      Properties: { VisibilityTimeout: 1 },
    });
    expect(change).toMatchObject({ ChangeSetType: 'UPDATE', 'Parameters.member.1.ParameterValue': older });
  });

  it('go on where CloudFormation does not take such settings, and say so', async () => {
    const { value } = await recovered([
      ...[fence, described('UPDATE_COMPLETE')],
      ...altered,
      ['CreateChangeSet', awsRefusal('ValidationError', 'VisibilityTimeout is nonsense')],
    ]);
    expect(value).toEqual([expect.stringMatching(/^somebody changed Queue .* cannot be restored: .*nonsense$/)]);
  });

  it('take no refusal to tell for an absence', async () => {
    const denied = awsRefusal('AccessDeniedException', 'not authorized to perform: sqs:GetQueueAttributes', 403);
    const { error } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
      ...noDrift,
      members,
      both,
      ['GetQueueAttributes', denied],
    ]);
    expect(error?.message).toContain('not authorized');
  });

  const stuck = described('UPDATE_ROLLBACK_FAILED', {
    why: 'The following resource(s) failed to update: [Queue, Other].',
  });

  it('roll an update back that failed half way, and pass over what is gone and what was named when that fails, too', async () => {
    const { value } = await recovered(
      [
        ...[fence, described('UPDATE_FAILED')],
        ...[fence, ['RollbackStack', {}] as Exchange, described('UPDATE_ROLLBACK_IN_PROGRESS'), stuck],
        ...[members, both, members, gone],
        ...[fence, ['ContinueUpdateRollback', {}] as Exchange, described('UPDATE_ROLLBACK_IN_PROGRESS')],
        ...[described('UPDATE_ROLLBACK_COMPLETE'), ...noDrift, members, both, there],
      ],
      ['Other'],
    );
    expect(value).toEqual([
      'the update that had failed is rolled back',
      'the rollback that had failed is brought to its end, but for Queue, Other',
    ]);
    expect(at.aws.inputOf('ContinueUpdateRollback')).toEqual([
      expect.objectContaining({ 'ResourcesToSkip.member.1': 'Queue', 'ResourcesToSkip.member.2': 'Other' }),
    ]);
  });

  it('name what does not go back either, with the command that leaves it as it is', async () => {
    const { error } = await recovered([
      ...[fence, stuck, members, both, members, there],
      ...[fence, ['ContinueUpdateRollback', {}] as Exchange, described('UPDATE_ROLLBACK_IN_PROGRESS'), stuck, members],
    ]);
    expect(error).toMatchObject({
      code: 'recovery-failed',
      hint: expect.stringContaining('soundbite repair <environment> --skip Queue --skip Other'),
    });
    expect(at.aws.inputOf('ContinueUpdateRollback')[0]).not.toHaveProperty('ResourcesToSkip.member.1');
  });

  it('end a deletion that failed without what holds something, which then is nobody’s', async () => {
    const { value } = await recovered([
      fence,
      described('DELETE_FAILED'),
      members,
      templateExchange,
      there,
      fence,
      ['DeleteStack', {}],
      described('DELETE_FAILED'),
      described('DELETE_IN_PROGRESS'),
      noStack,
    ]);
    expect(value).toEqual(['what was left of the half deleted stack is ended, Queue kept']);
    expect(at.aws.inputOf('DeleteStack')).toEqual([
      expect.objectContaining({ StackName: stackId, 'RetainResources.member.1': 'Queue' }),
    ]);
  });

  it('say what CloudFormation says when it fixes nothing, and blame no release', async () => {
    const { error } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
      ...noDrift,
      members,
      both,
      gone,
      gone,
      ['CreateChangeSet', awsRefusal('ValidationError', 'Template format error: nonsense')],
    ]);
    expect(error).toMatchObject({ code: 'recovery-failed', source: 'system' });
    expect(error?.message).toContain('nonsense');
  });
});

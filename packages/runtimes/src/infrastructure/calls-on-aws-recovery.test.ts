import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Exchange, refusal } from './testing.ts';
import {
  deployedTemplate,
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
} from './testing-stack.ts';

// What a person deleted on a real account: the calls by which it is found and mended, held to what AWS's documentation says.

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
const gone: Exchange = ['GetQueueAttributes', refusal('QueueDoesNotExist', 'The specified queue does not exist.')];

describe('the calls that mend a stack on a real account', () => {
  let at: Awaited<ReturnType<typeof recordedStack>>;
  beforeEach(async () => {
    at = await recordedStack();
  });
  afterEach(() => at.close());
  const recovered = (exchanges: readonly Exchange[]) =>
    at.over(exchanges, () =>
      at.stacks.recover(at.environment, at.cloud, at.directory, release, { owner: 'db', generation: 7 }),
    );

  it('are looks alone where all is there', async () => {
    const { value } = await recovered([fence, described('UPDATE_COMPLETE'), members, both, there]);
    expect(value).toEqual([]);
  });

  it('take what is gone out of the template that stands, under its own parameters, and touch nothing else', async () => {
    const { value } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
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
    ]);
    expect(value).toEqual(['made anew, somebody had deleted them: Queue']);
    const [change] = at.aws.inputOf('CreateChangeSet');
    expect(JSON.parse(change?.TemplateBody ?? '')).toEqual({
      Resources: {
        Other: { Type: 'AWS::CDK::Metadata', Properties: { Reads: 'arn:aws:sqs:eu-central-1:123456789012:jobs' } },
      },
    });
    expect(change).toMatchObject({ ChangeSetType: 'UPDATE', 'Parameters.member.1.ParameterValue': older });
  });

  it('let nothing leave the stack that a second look finds', async () => {
    const { value } = await recovered([fence, described('UPDATE_COMPLETE'), members, both, gone, there]);
    expect(value).toEqual([]);
  });

  it('take no refusal to tell for an absence', async () => {
    const denied = refusal('AccessDeniedException', 'not authorized to perform: sqs:GetQueueAttributes', 403);
    const { error } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
      members,
      both,
      ['GetQueueAttributes', denied],
    ]);
    expect(error?.message).toContain('not authorized');
  });

  it('end a deletion that failed without what holds something, which then is nobody’s', async () => {
    const { value } = await recovered([
      fence,
      described('DELETE_FAILED'),
      members,
      deployedTemplate,
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

  it('say what CloudFormation says when it mends nothing, and blame no release', async () => {
    const { error } = await recovered([
      fence,
      described('UPDATE_COMPLETE'),
      members,
      both,
      gone,
      gone,
      ['CreateChangeSet', refusal('ValidationError', 'Template format error: nonsense')],
    ]);
    expect(error).toMatchObject({ code: 'recovery-failed', source: 'system' });
    expect(error?.message).toContain('nonsense');
  });
});

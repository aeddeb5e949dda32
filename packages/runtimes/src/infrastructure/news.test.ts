import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { causesIn, failuresIn, stackNews } from './news.ts';
import { awsRefusal, type Exchange, recordedAws } from './testing.ts';

type Event = Readonly<Record<'EventId' | 'LogicalResourceId' | 'ResourceStatus', string>>;

/** Events by their ids, with clocks that go backwards. */
const event = (id: number): Event & { Timestamp: string } => ({
  EventId: `e-${id}`,
  LogicalResourceId: `Resource${id}`,
  ResourceStatus: 'UPDATE_IN_PROGRESS',
  Timestamp: new Date(1_800_000_000_000 - id * 1000).toISOString(),
});
const page = (ids: readonly number[], NextToken?: string): Exchange => [
  'DescribeStackEvents',
  { StackEvents: ids.map(event), ...(NextToken ? { NextToken } : {}) },
];
const none: Exchange = ['DescribeStackEvents', awsRefusal('ValidationError', 'Stack [s] does not exist')];

describe('the news of a stack', () => {
  let aws: Awaited<ReturnType<typeof recordedAws>>;
  let client: CloudFormationClient;
  beforeEach(async () => {
    aws = await recordedAws();
    const credentials = { accessKeyId: 'A', secretAccessKey: 's' };
    client = new CloudFormationClient({ endpoint: aws.url, region: 'eu-central-1', credentials });
  });
  afterEach(() => {
    client.destroy();
    aws.close();
  });

  /** What each further look tells, over a recorded conversation. */
  async function looks(exchanges: readonly Exchange[], count: number): Promise<(string | undefined)[][]> {
    aws.expect(exchanges);
    const news = await stackNews(client, 's');
    const told: (string | undefined)[][] = [];
    for (let look = 0; look < count; look++) told.push((await news()).map(({ EventId }) => EventId));
    expect(aws.calls).toHaveLength(exchanges.length);
    return told;
  }

  it('are what happened since they were asked for, oldest first, by the ids of the events and not by a clock', async () => {
    const told = await looks([page([2, 1]), page([4, 3, 2, 1]), page([4, 3, 2, 1]), page([5, 4, 3])], 3);
    expect(told).toEqual([['e-3', 'e-4'], [], ['e-5']]);
  });

  it('are read over as many pages as it takes, and no more', async () => {
    const told = await looks([page([1], 'more'), page([7, 6, 5], 'a'), page([4, 3], 'b'), page([2, 1, 0], 'c')], 1);
    expect(told).toEqual([['e-2', 'e-3', 'e-4', 'e-5', 'e-6', 'e-7']]);
    expect(aws.inputOf('DescribeStackEvents').map(({ NextToken }) => NextToken)).toEqual([
      undefined,
      undefined,
      'a',
      'b',
    ]);
  });

  it('of a stack that is not there are none, and all of them once it is', async () => {
    expect(await looks([none, none, page([2, 1]), page([3, 2, 1])], 3)).toEqual([[], ['e-1', 'e-2'], ['e-3']]);
  });

  it('of a stack that was made anew under its name are all, and a stack that goes away has none', async () => {
    expect(await looks([page([9, 8]), none, page([2, 1], 'a'), page([0])], 2)).toEqual([[], ['e-0', 'e-1', 'e-2']]);
  });

  it('do not excuse another error', async () => {
    aws.expect([['DescribeStackEvents', awsRefusal('AccessDenied', 'not authorized to perform')]]);
    await expect(stackNews(client, 's')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('what failed', () => {
  const of = (ResourceStatus: string, ResourceStatusReason?: string, LogicalResourceId = 'Queue') => ({
    StackId: 's-1',
    StackName: 's',
    EventId: 'e',
    Timestamp: new Date(0),
    LogicalResourceId,
    ResourceType: LogicalResourceId === 's' ? 'AWS::CloudFormation::Stack' : 'AWS::SQS::Queue',
    ResourceStatus: ResourceStatus as 'CREATE_FAILED',
    ...(ResourceStatusReason ? { ResourceStatusReason } : {}),
  });

  it('is said in its order, with what was cancelled because of it marked, and without what the stack says of it', () => {
    const found = failuresIn([
      of('CREATE_IN_PROGRESS'),
      of('CREATE_FAILED', 'Resource creation cancelled', 'Table'),
      of('CREATE_FAILED', 'the name is taken'),
      of('CREATE_FAILED', undefined, 'Topic'),
      of('ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [Queue].', 's'),
    ]);
    expect(found.map(({ id, cancelled }) => [id, cancelled])).toEqual([
      ['Table', true],
      ['Queue', false],
      ['Topic', false],
    ]);
    expect(found[1]).toEqual({
      ...{ stack: 's', arn: 's-1', id: 'Queue', type: 'AWS::SQS::Queue', status: 'CREATE_FAILED' },
      ...{ reason: 'the name is taken', at: '1970-01-01T00:00:00.000Z', cancelled: false },
    });
    expect(causesIn(found)).toEqual([
      'Queue (AWS::SQS::Queue): the name is taken',
      'Topic (AWS::SQS::Queue): no reason given',
    ]);
  });

  it('is said by the stack when no resource of it failed', () => {
    const goesBack = [of('UPDATE_ROLLBACK_IN_PROGRESS', 'Export x is in use', 's'), of('UPDATE_ROLLBACK_COMPLETE')];
    expect(causesIn(failuresIn(goesBack))).toEqual(['s (AWS::CloudFormation::Stack): Export x is in use']);
    expect(failuresIn([of('CREATE_COMPLETE')])).toEqual([]);
  });
});

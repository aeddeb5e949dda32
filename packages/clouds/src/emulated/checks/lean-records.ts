import { strict as assert } from 'node:assert';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createFunction } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = `export const handler = async (event) => { console.log('saw ' + event.n); };`;

export const leanRecords: Check = {
  correction: 'lean_records',
  title: 'a function logs to one stream, and its metrics are counted, not piled up',
  failsWithout: /10 log streams/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    const logs = new CloudWatchLogsClient(account.config);
    const logGroupName = '/aws/lambda/lean';
    await createFunction(account, 'lean', source);
    for (let n = 0; n < 10; n += 1) {
      await lambda.send(new InvokeCommand({ FunctionName: 'lean', Payload: JSON.stringify({ n }) }));
    }
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    assert.equal(logStreams.length, 1, `${logStreams.length} log streams`);
    assert.match(logStreams[0]?.logStreamName ?? '', /^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: 'saw' }));
    assert.deepEqual(
      events.map(({ message }) => message?.trim().slice(-5)),
      Array.from({ length: 10 }, (_, n) => `saw ${n}`),
    );
    const { Datapoints = [] } = await new CloudWatchClient(account.config).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'Duration',
        Dimensions: [{ Name: 'FunctionName', Value: 'lean' }],
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 60_000),
        Period: 3600,
        Statistics: ['SampleCount', 'Average', 'Maximum'],
        ExtendedStatistics: ['p50'],
      }),
    );
    assert.equal(
      Datapoints.reduce((sum, point) => sum + (point.SampleCount ?? 0), 0),
      10,
    );
    assert.ok((Datapoints[0]?.Average ?? 0) > 0 && (Datapoints[0]?.Average ?? 0) <= (Datapoints[0]?.Maximum ?? 0));
  },
};

import { strict as assert } from 'node:assert';
import { CloudWatchClient, type Dimension, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createHttpApi, createWeighted } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = `export const handler = async (event) => { if (event.fail) throw new Error('asked to'); return { statusCode: 200, body: '' }; };`;

export const lambdaMetrics: Check = {
  correction: 'lambda_metrics',
  title: 'Invocations, Errors and Duration are recorded on every path, by function, alias and executed version',
  failsWithout: /Invocations of .*measured/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createWeighted(account, 'measured', 0, source);
    await lambda.send(new InvokeCommand({ FunctionName: 'measured', Qualifier: 'live' }));
    await lambda.send(new InvokeCommand({ FunctionName: 'measured', Qualifier: 'live', Payload: '{"fail":true}' }));
    await (await fetch(await createHttpApi(account, 'measured'))).text();

    const sum = async (MetricName: string, dimensions: Record<string, string>): Promise<number> => {
      const Dimensions: Dimension[] = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      const found = await new CloudWatchClient(account.config).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions,
          StartTime: new Date(Date.now() - 600_000),
          EndTime: new Date(Date.now() + 60_000),
          Period: 60,
          Statistics: ['Sum', 'SampleCount'],
        }),
      );
      return (found.Datapoints ?? []).reduce((total, point) => total + (point.Sum ?? 0), 0);
    };
    const places = [
      { FunctionName: 'measured' },
      { FunctionName: 'measured', Resource: 'measured:live' },
      { FunctionName: 'measured', Resource: 'measured:live', ExecutedVersion: '1' },
    ];
    for (const place of places) {
      assert.equal(await sum('Invocations', place), 3, `Invocations of ${JSON.stringify(place)}`);
      assert.equal(await sum('Errors', place), 1, `Errors of ${JSON.stringify(place)}`);
      assert.ok((await sum('Duration', place)) > 0, `Duration of ${JSON.stringify(place)}`);
    }
  },
};

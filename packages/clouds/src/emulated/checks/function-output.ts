import { strict as assert } from 'node:assert';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createFunction } from '../test-functions.ts';
import type { Check } from './check.ts';

/** Writes a line, and one that it does not end. */
const source = `export const handler = async (event) => {
  console.log('whole ' + event.n);
  process.stdout.write('half ' + event.n);
};`;

export const functionOutput: Check = {
  correction: 'function_output',
  title: 'what a function writes before it answers is logged with that invocation, also a line without its end',
  failsWithout: /half 0/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createFunction(account, 'writes', source);
    for (let n = 0; n < 3; n += 1) {
      await lambda.send(new InvokeCommand({ FunctionName: 'writes', Payload: JSON.stringify({ n }) }));
    }
    const { events = [] } = await new CloudWatchLogsClient(account.config).send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/writes' }),
    );
    const lines = events.map(
      ({ message = '' }) => /^(START|END|REPORT|whole \d|half \d)/.exec(message)?.[0] ?? message,
    );
    assert.deepEqual(
      lines,
      [0, 1, 2].flatMap((n) => ['START', `whole ${n}`, `half ${n}`, 'END', 'REPORT']),
    );
  },
};

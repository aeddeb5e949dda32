import { strict as assert } from 'node:assert';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createFunction, tellsItsVersion } from '../test-functions.ts';
import type { Check } from './check.ts';

export const quickAnswers: Check = {
  correction: 'quick_answers',
  title: 'a function that logs nothing answers without the 50 ms wait for its log',
  failsWithout: /the fastest of 15 took/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createFunction(account, 'quick', tellsItsVersion);
    const times: number[] = [];
    for (let n = 0; n < 15; n += 1) {
      const started = performance.now();
      await lambda.send(new InvokeCommand({ FunctionName: 'quick' }));
      times.push(performance.now() - started);
    }
    const fastest = Math.min(...times);
    assert.ok(fastest < 45, `the fastest of 15 took ${fastest.toFixed(1)} ms`);
  },
};

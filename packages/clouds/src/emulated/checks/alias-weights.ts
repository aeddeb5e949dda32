import { strict as assert } from 'node:assert';
import { GetFunctionConfigurationCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { createHttpApi, createWeighted } from '../test-functions.ts';
import type { Check } from './check.ts';

/** Asserts that 60 rolls at 50 % went to both versions; that this fails by chance is less likely than 1 in 10^7. */
async function bothAnswer(ask: () => Promise<string>): Promise<void> {
  const counts: Record<string, number> = {};
  for (let n = 0; n < 60; n += 1) {
    const version = await ask();
    counts[version] = (counts[version] ?? 0) + 1;
  }
  assert.deepEqual(Object.keys(counts).sort(), ['1', '2']);
  assert.ok((counts['2'] ?? 0) > 9 && (counts['1'] ?? 0) > 9, `an even share, not ${JSON.stringify(counts)}`);
}

export const aliasWeights: Check = {
  correction: 'alias_weights',
  title: 'an alias gives each version its share, by Invoke and by an HTTP API, and describes its own version',
  failsWithout: /deep-equal[\s\S]*- {3}'2'/,
  async holds(account) {
    const lambda = new LambdaClient(account.config);
    await createWeighted(account, 'weights', 0.5);
    await bothAnswer(async () => {
      const answer = await lambda.send(new InvokeCommand({ FunctionName: 'weights', Qualifier: 'live' }));
      const body = JSON.parse(Buffer.from(answer.Payload ?? []).toString()).body as string;
      assert.equal(answer.ExecutedVersion, body);
      return body;
    });
    const url = await createHttpApi(account, 'weights');
    await bothAnswer(async () => (await fetch(url)).text());
    for (let n = 0; n < 10; n += 1) {
      const described = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName: 'weights', Qualifier: 'live' }),
      );
      assert.equal(described.Version, '1');
    }
  },
};

import { strict as assert } from 'node:assert';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { TestAccount } from '../test-account.ts';
import { createFunction } from '../test-functions.ts';
import type { Check } from './check.ts';

const source = 'export const handler = async (event, { clientContext }) => ({ event, clientContext });';

export const clientContext: Check = {
  correction: 'client_context',
  title: 'a function is told the client context of its invocation, and no other invocation’s',
  failsWithout: /Expected values to be strictly deep-equal/,
  async holds(account) {
    await createFunction(account, 'context', source);
    const custom = { 'x-soundbite-rehearsal': 'true' };
    assert.deepEqual(await invoked(account, { custom }), { event: { a: 1 }, clientContext: { custom } });
    assert.deepEqual(await invoked(account), { event: { a: 1 }, clientContext: null });
  },
};

/** What the function says of an invocation in this context. */
async function invoked(account: TestAccount, context?: object): Promise<unknown> {
  const lambda = new LambdaClient(account.config);
  try {
    const answer = await lambda.send(
      new InvokeCommand({
        FunctionName: 'context',
        Payload: Buffer.from('{"a":1}'),
        ...(context ? { ClientContext: Buffer.from(JSON.stringify(context)).toString('base64') } : {}),
      }),
    );
    return JSON.parse(Buffer.from(answer.Payload ?? []).toString('utf8')) as unknown;
  } finally {
    lambda.destroy();
  }
}

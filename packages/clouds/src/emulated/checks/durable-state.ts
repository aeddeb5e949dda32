import { strict as assert } from 'node:assert';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestAccount, TestCredentials } from '../test-account.ts';
import { createFunction, createRole, tellsItsVersion } from '../test-functions.ts';
import { type Check, eventually } from './check.ts';

export const durableState: Check = {
  correction: 'durable_state',
  title: 'kill -9 loses nothing after a snapshot on demand, and of what came later at most a second',
  failsWithout: /what was written before the snapshot/,
  async holds(account) {
    const [dynamodb, lambda, sqs] = [
      new DynamoDBClient(account.config),
      new LambdaClient(account.config),
      new SQSClient(account.config),
    ];
    const put = (id: string) => dynamodb.send(new PutItemCommand({ TableName: 'durable', Item: { id: { S: id } } }));
    const has = async (id: string) =>
      (await dynamodb.send(new GetItemCommand({ TableName: 'durable', Key: { id: { S: id } } }))).Item !== undefined;
    await createFunction(account, 'durable', tellsItsVersion);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'durable' }));
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'durable',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      }),
    );
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    await put('before');
    const asked = await fetch(`${account.endpoint}/_soundbite/snapshot`, { method: 'POST' });
    await createRole(account, 'durable-late');
    const session = await assumeRole(account, 'durable-late');
    await account.stop('SIGKILL');
    await account.start();
    assert.ok(await has('before').catch(() => false), 'what was written before the snapshot');
    assert.equal(asked.status, 200);
    const identity = await new STSClient({ ...account.config, credentials: session }).send(
      new GetCallerIdentityCommand({}),
    );
    assert.match(identity.Arn ?? '', /assumed-role\/durable-late\/late/, 'credentials outlive a kill');
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    assert.equal(received.Messages?.[0]?.Body, 'kept');
    const answer = await lambda.send(new InvokeCommand({ FunctionName: 'durable' }));
    assert.equal(answer.StatusCode, 200);
    assert.equal(answer.FunctionError, undefined);

    await put('later');
    const written = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await put('last');
    assert.ok(Date.now() - written > 2_000);
    await account.stop('SIGKILL');
    await account.start();
    assert.ok(
      await eventually('the item of two seconds before the kill', async () => (await has('later')) || undefined),
    );

    await put('at the stop');
    assert.ok((await account.stop('SIGTERM')) < 3_000, 'SIGTERM ends it quickly');
    await account.start();
    assert.ok(await has('at the stop'), 'SIGTERM saves');
  },
};

/** Credentials of a role that the account's root may assume. */
async function assumeRole(
  account: TestAccount,
  role: string,
): Promise<TestCredentials & { readonly sessionToken: string }> {
  const { Credentials } = await new STSClient(account.config).send(
    new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account.account}:role/${role}`, RoleSessionName: 'late' }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

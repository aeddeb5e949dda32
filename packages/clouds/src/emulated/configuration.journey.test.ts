import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteFunctionConcurrencyCommand,
  InvokeCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from './checks/check.ts';
import { startTestAccount, type TestAccount } from './test-account.ts';
import { createFunction, createHttpApi, createRole, tellsItsVersion } from './test-functions.ts';
import { deployStack } from './test-stacks.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await startTestAccount();
});
afterAll(() => account.dispose());

const table = {
  TableName: 'configured',
  BillingMode: 'PAY_PER_REQUEST' as const,
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' as const }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' as const }],
};

it('the configuration of an account has another revision after each change of it, and the same one however the account is used', async () => {
  const revision = async () => {
    const answer = await fetch(`${account.endpoint}/_soundbite/configuration`);
    return ((await answer.json()) as { configuration: string | null }).configuration;
  };
  const settled = () => eventually('nothing is on its way', async () => (await revision()) ?? undefined);
  const clients = { lambda: new LambdaClient(account.config), sqs: new SQSClient(account.config) };
  const [dynamodb, s3] = [
    new DynamoDBClient(account.config),
    new S3Client({ ...account.config, forcePathStyle: true }),
  ];
  const revisions = [await settled()];
  const changes: (() => Promise<unknown>)[] = [
    () => createFunction(account, 'configured', tellsItsVersion),
    () =>
      clients.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: 'configured', ReservedConcurrentExecutions: 1 }),
      ),
    () => clients.lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'configured' })),
    () => clients.sqs.send(new CreateQueueCommand({ QueueName: 'configured' })),
    () => dynamodb.send(new CreateTableCommand(table)),
    () => s3.send(new CreateBucketCommand({ Bucket: 'configured' })),
    () => createHttpApi(account, 'configured'),
    () => createRole(account, 'configured'),
    () => deployStack(account, 'configured', { Topic: { Type: 'AWS::SNS::Topic', Properties: {} } }),
  ];
  for (const change of changes) {
    await change();
    revisions.push(await settled());
  }
  expect(new Set(revisions).size).toBe(revisions.length);

  const { QueueUrl } = await clients.sqs.send(new GetQueueUrlCommand({ QueueName: 'configured' }));
  const before = await settled();
  await clients.lambda.send(new InvokeCommand({ FunctionName: 'configured' }));
  await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a job' }));
  await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
  await dynamodb.send(new PutItemCommand({ TableName: 'configured', Item: { id: { N: '1' } } }));
  await s3.send(new PutObjectCommand({ Bucket: 'configured', Key: 'audio/1.wav', Body: 'x' }));
  await s3.send(new DeleteObjectCommand({ Bucket: 'configured', Key: 'audio/1.wav' }));
  expect(await revision()).toBe(before);

  await account.stop('SIGKILL');
  await account.start();
  expect(await settled()).not.toBe(before);
});

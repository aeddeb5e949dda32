import { strict as assert } from 'node:assert';
import {
  CreateAliasCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createFunction, createRole, publishVersion, tellsItsVersion } from '../test-functions.ts';
import { deployStack, type Resources } from '../test-stacks.ts';
import { type Check, eventually } from './check.ts';

export const queueMappings: Check = {
  correction: 'queue_mappings',
  title:
    'a mapping declared disabled takes nothing until UpdateEventSourceMapping enables it, and stays enabled over deploys',
  failsWithout: /'Enabled'[\s\S]*- 'Disabled'/,
  async holds(account) {
    const [lambda, sqs] = [new LambdaClient(account.config), new SQSClient(account.config)];
    const role = await createRole(account, 'mapped-queue', ['sqs:*']);
    await createFunction(account, 'mapped', tellsItsVersion, { Role: role });
    await publishVersion(account, 'mapped');
    await lambda.send(new CreateAliasCommand({ FunctionName: 'mapped', Name: 'live', FunctionVersion: '1' }));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'mapped' }));
    const resources = (other: string): Resources => ({
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          FunctionName: `arn:aws:lambda:${account.region}:${account.account}:function:mapped:live`,
          EventSourceArn: `arn:aws:sqs:${account.region}:${account.account}:mapped`,
          Enabled: false,
        },
      },
      Other: { Type: 'AWS::SQS::Queue', Properties: { QueueName: other } },
    });
    const mapping = async () =>
      (await lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'mapped' }))).EventSourceMappings?.[0];
    const waiting = async () =>
      Number(
        (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] })))
          .Attributes?.ApproximateNumberOfMessages,
      );

    await deployStack(account, 'mapped', resources('mapped-other'));
    assert.equal((await mapping())?.State, 'Disabled');
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{}' }));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await waiting(), 1);

    await lambda.send(new UpdateEventSourceMappingCommand({ UUID: (await mapping())?.UUID, Enabled: true }));
    await eventually('the message taken', async () => ((await waiting()) === 0 ? true : undefined));
    await deployStack(account, 'mapped', resources('mapped-another'));
    assert.equal((await mapping())?.State, 'Enabled');
  },
};

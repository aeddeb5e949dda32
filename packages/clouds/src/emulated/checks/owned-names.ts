import { strict as assert } from 'node:assert';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { createRole } from '../test-functions.ts';
import { deployStack, type Resources } from '../test-stacks.ts';
import type { Check } from './check.ts';

export const ownedNames: Check = {
  correction: 'owned_names',
  title: 'a second stack cannot take a table, function or queue name that is taken, and empties nothing',
  failsWithout: /Missing expected rejection: table/,
  async holds(account) {
    const dynamodb = new DynamoDBClient(account.config);
    const table: Resources = {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          TableName: 'owned',
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        },
      },
    };
    const queue: Resources = { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'owned' } } };
    const code: Resources = {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'owned',
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Role: await createRole(account, 'owned'),
          Code: { ZipFile: 'exports.handler = async () => 1;' },
        },
      },
    };
    await deployStack(account, 'owned-first', { ...table, ...queue, ...code });
    await dynamodb.send(new PutItemCommand({ TableName: 'owned', Item: { id: { S: 'kept' } } }));
    for (const [name, second] of Object.entries({ table, queue, code })) {
      await assert.rejects(deployStack(account, `owned-second-${name}`, second), /already exists/, name);
    }
    const kept = await dynamodb.send(new GetItemCommand({ TableName: 'owned', Key: { id: { S: 'kept' } } }));
    assert.equal(kept.Item?.id?.S, 'kept');
  },
};

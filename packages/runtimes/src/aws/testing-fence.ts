import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsNames, type CloudAccess, clientOptions } from '@soundbite/model';

/** Leaves in an account what the control plane of another database leaves there when it acts on an environment. */
export async function holdFenceAs(owner: string, environment: string, access: CloudAccess): Promise<void> {
  const client = new DynamoDBClient(clientOptions(access));
  await client.send(
    new UpdateItemCommand({
      TableName: awsNames(environment).fenceTable,
      Key: { pk: { S: 'controller' } },
      UpdateExpression: 'SET #owner = :owner',
      ExpressionAttributeNames: { '#owner': 'owner' },
      ExpressionAttributeValues: { ':owner': { S: owner } },
    }),
  );
  client.destroy();
}

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Cloud, clientOptions, type Environment, type Fence } from '@soundbite/model';
import { holdFence } from '../aws/fence.ts';

/** A stack is everybody's: an older controller, or another one's, must not touch it. */
export const underFence = (environment: Environment, cloud: Cloud, fence: Fence): Promise<void> =>
  withDynamo(cloud, (dynamo) => holdFence(dynamo, environment, fence));

/** Acts with a client of its own, as the controller. */
export async function withDynamo<T>(cloud: Cloud, act: (dynamo: DynamoDBClient) => Promise<T>): Promise<T> {
  const dynamo = new DynamoDBClient({ ...clientOptions(await cloud.access('controller')), maxAttempts: 5 });
  try {
    return await act(dynamo);
  } finally {
    dynamo.destroy();
  }
}

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { awsNames, type Environment, type Fence, SoundBiteError, type Target } from '@soundbite/model';
import { type Clients, withClients } from './clients.ts';

/** The one item of the fence table and its attributes. */
const fenceItem = { key: 'pk', id: 'controller', owner: 'owner', generation: 'generation' } as const;

/** Clients for calls that change something. `hold` is to be called right before each of them. */
export interface FencedClients extends Clients {
  readonly fence: Fence;
  hold(): Promise<void>;
}

/** Acts under a fence, which is held from the start. Errors: `generation-old`, `fence-foreign`. */
export async function withFence<T>(
  target: Target,
  fence: Fence,
  act: (clients: FencedClients) => Promise<T>,
  everyMs?: number,
): Promise<T> {
  return withClients(
    target,
    async (clients) => {
      const hold = () => holdFence(clients.dynamo, target.environment, fence);
      await hold();
      return act({ ...clients, fence, hold });
    },
    everyMs,
  );
}

/**
 * Takes or keeps the right to act on an environment, at the account itself.
 * Errors: `generation-old` when a newer promotion has acted, `fence-foreign` when another control plane's database owns the environment.
 */
export async function holdFence(dynamo: DynamoDBClient, environment: Environment, fence: Fence): Promise<void> {
  const TableName = awsNames(environment.name).fenceTable;
  const Key = { [fenceItem.key]: { S: fenceItem.id } };
  try {
    await dynamo.send(
      new UpdateItemCommand({
        TableName,
        Key,
        UpdateExpression: 'SET #owner = :owner, #generation = :generation',
        ConditionExpression: 'attribute_not_exists(#owner) OR (#owner = :owner AND #generation <= :generation)',
        ExpressionAttributeNames: { '#owner': fenceItem.owner, '#generation': fenceItem.generation },
        ExpressionAttributeValues: { ':owner': { S: fence.owner }, ':generation': { N: String(fence.generation) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
    throw refused(environment, fence, Item?.[fenceItem.owner]?.S, Item?.[fenceItem.generation]?.N, TableName);
  }
}

function refused(
  environment: Environment,
  fence: Fence,
  owner: string | undefined,
  generation: string | undefined,
  table: string,
): SoundBiteError {
  if (owner === fence.owner)
    return new SoundBiteError(
      'generation-old',
      `generation ${fence.generation} may not act on ${environment.name} any more: generation ${generation} has`,
      { mend: `see what acted since: soundbite history ${environment.name}` },
    );
  return new SoundBiteError(
    'fence-foreign',
    `another control plane (database ${owner}) acts on ${environment.name}; this one is ${fence.owner}`,
    {
      source: 'user',
      mend: `give both the same DATABASE_URL; if the other is gone for good: aws dynamodb delete-item --table-name ${table} --key '{"${fenceItem.key}":{"S":"${fenceItem.id}"}}'`,
    },
  );
}

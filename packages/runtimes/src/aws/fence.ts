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
  try {
    await dynamo.send(
      new UpdateItemCommand({
        ...itemOf(environment),
        UpdateExpression: 'SET #owner = :owner, #generation = :generation',
        ConditionExpression: 'attribute_not_exists(#owner) OR (#owner = :owner AND #generation <= :generation)',
        ExpressionAttributeNames: { '#owner': fenceItem.owner, '#generation': fenceItem.generation },
        ExpressionAttributeValues: { ':owner': { S: fence.owner }, ':generation': { N: String(fence.generation) } },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw refused(environment, fence, await readFence(dynamo, environment));
  }
}

/** The environment's owner, according to its account; null: none yet. */
export async function readFence(dynamo: DynamoDBClient, environment: Environment): Promise<Fence | null> {
  const { Item } = await dynamo.send(new GetItemCommand({ ...itemOf(environment), ConsistentRead: true }));
  const owner = Item?.[fenceItem.owner]?.S;
  return owner === undefined ? null : { owner, generation: Number(Item?.[fenceItem.generation]?.N ?? 0) };
}

/** Gives an environment to another owner, if the one that was seen has it still. Errors: `fence-moved`. */
export async function passFence(
  dynamo: DynamoDBClient,
  environment: Environment,
  seen: Fence,
  next: Fence,
): Promise<void> {
  try {
    await dynamo.send(
      new UpdateItemCommand({
        ...itemOf(environment),
        UpdateExpression: 'SET #owner = :next, #generation = :after',
        ConditionExpression: '#owner = :seen AND #generation = :generation',
        ExpressionAttributeNames: { '#owner': fenceItem.owner, '#generation': fenceItem.generation },
        ExpressionAttributeValues: {
          ':seen': { S: seen.owner },
          ':generation': { N: String(seen.generation) },
          ':next': { S: next.owner },
          ':after': { N: String(next.generation) },
        },
      }),
    );
  } catch (cause) {
    if (!(cause instanceof ConditionalCheckFailedException)) throw cause;
    throw new SoundBiteError('fence-moved', `somebody else acted on ${environment.name} at the same moment`, {
      hint: `see who it was, then run soundbite takeover ${environment.name} again`,
      cause,
    });
  }
}

const itemOf = ({ name }: Environment) => ({
  TableName: awsNames(name).fenceTable,
  Key: { [fenceItem.key]: { S: fenceItem.id } },
});

function refused(environment: Environment, fence: Fence, holder: Fence | null): SoundBiteError {
  if (holder?.owner === fence.owner)
    return new SoundBiteError(
      'generation-old',
      `superseded: a newer attempt (generation ${holder.generation}) already changed ${environment.name}; this one (generation ${fence.generation}) stops`,
      { hint: `see what acted since: soundbite history ${environment.name}` },
    );
  return new SoundBiteError(
    'fence-foreign',
    `${environment.name} belongs to another database (installation ${holder?.owner}); this one is ${fence.owner}`,
    {
      hint: `set DATABASE_URL to that database; to carry this machine's own records into the shared one: soundbite database move; if the other one is gone for good: soundbite takeover ${environment.name}`,
    },
  );
}

import { type AttributeValue, DynamoDBClient, GetItemCommand, paginateListTables } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListAliasesCommand, paginateListFunctions } from '@aws-sdk/client-lambda';
import { paginateListQueues, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { itemsOf } from './infrastructure/testing-hands.ts';

/** An account as clients of the AWS SDK take it. */
export interface AccountConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** What users of services that nothing reaches by HTTP do in an account, and see there. `named`: a part of the name that CloudFormation made. */

export async function sendTo(config: AccountConfig, named: string, body: unknown): Promise<void> {
  await using(new SQSClient({ ...config, useQueueUrlAsEndpoint: false }), async (client) => {
    const QueueUrl = await only(named, paginateListQueues({ client }, {}), ({ QueueUrls }) => QueueUrls);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(body) }));
  });
}

/** The item of a key, its values as texts; null: it is not there. */
export const itemIn = (config: AccountConfig, named: string, id: string): Promise<Texts | null> =>
  using(new DynamoDBClient(config), async (client) => {
    const TableName = await tableIn(client, named);
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: id } }, ConsistentRead: true }));
    return Item ? texts(Item) : null;
  });

export const itemsIn = (config: AccountConfig, named: string): Promise<Texts[]> =>
  using(new DynamoDBClient(config), async (client) => (await itemsOf(config, await tableIn(client, named))).map(texts));

/** Puts an event on the default bus. */
export async function tell(config: AccountConfig, source: string, detail: unknown): Promise<void> {
  const entry = { Source: source, DetailType: 'seen', Detail: JSON.stringify(detail) };
  await using(new EventBridgeClient(config), (client) => client.send(new PutEventsCommand({ Entries: [entry] })));
}

/** Of each function, the version to which its alias leads. */
export const aliasedVersions = (config: AccountConfig): Promise<Readonly<Record<string, string>>> =>
  using(new LambdaClient(config), async (client) => {
    const found: Record<string, string> = {};
    for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
      for (const { FunctionName = '' } of Functions) {
        const { Aliases = [] } = await client.send(new ListAliasesCommand({ FunctionName }));
        for (const { FunctionVersion } of Aliases) found[FunctionName] = FunctionVersion ?? '';
      }
    return found;
  });

type Texts = Readonly<Record<string, string>>;

const texts = (item: Readonly<Record<string, AttributeValue>>): Texts =>
  Object.fromEntries(Object.entries(item).map(([key, { S, N }]) => [key, S ?? N ?? '']));

const tableIn = (client: DynamoDBClient, named: string): Promise<string> =>
  only(named, paginateListTables({ client }, {}), ({ TableNames }) => TableNames);

async function only<P>(
  named: string,
  pages: AsyncIterable<P>,
  namesIn: (page: P) => readonly string[] | undefined,
): Promise<string> {
  const found: string[] = [];
  for await (const page of pages) found.push(...(namesIn(page) ?? []).filter((name) => name.includes(named)));
  if (found.length === 1) return found[0] as string;
  throw new Error(`${found.length} of the account's names have ${named}: ${found}`);
}

async function using<C extends { destroy(): void }, T>(client: C, act: (client: C) => Promise<T>): Promise<T> {
  try {
    return await act(client);
  } finally {
    client.destroy();
  }
}

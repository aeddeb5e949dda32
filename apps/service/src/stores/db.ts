import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocument, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Settings } from '../settings.ts';
import { clientOptions, errorName } from './aws.ts';
import { isUnexpired } from './items.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The table's client with what all parts of the store share. */
export interface Db {
  readonly document: DynamoDBDocument;
  readonly table: string;
  readonly now: () => number;
  /** The time as ISO text, and as whole epoch seconds. */
  readonly stamp: () => string;
  readonly epochSeconds: () => number;
  /** One item, read consistently; undefined when it is not there or past its time. */
  read(key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined>;
  /** All or nothing; false when a condition did not hold. */
  transact(writes: readonly Write[]): Promise<boolean>;
  close(): void;
}

/** How often a transaction that met another one is tried. */
const CONFLICT_ATTEMPTS = 5;

export function openDb(settings: Settings, now: () => number): Db {
  const client = new DynamoDBClient(clientOptions(settings));
  const document = DynamoDBDocument.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const table = settings.table;

  async function transact(writes: readonly Write[]): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await document.transactWrite({ TransactItems: [...writes] });
        return true;
      } catch (error) {
        if (errorName(error) !== 'TransactionCanceledException') throw error;
        const reasons = (error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? [];
        if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) return false;
        if (attempt === CONFLICT_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20 * 2 ** attempt * Math.random()));
      }
    }
  }

  return {
    document,
    table,
    now,
    stamp: () => new Date(now()).toISOString(),
    epochSeconds: () => Math.floor(now() / 1000),
    transact,
    async read(key) {
      const { Item } = await document.get({ TableName: table, Key: key, ConsistentRead: true });
      return isUnexpired(Item, now()) ? Item : undefined;
    },
    close: () => client.destroy(),
  };
}

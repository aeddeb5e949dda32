import type { Db, Write } from '../stores/db.ts';
import { isUnexpired } from '../stores/items.ts';
import { conditionHolds, type Item, type Names, updateItem } from './expressions.ts';

/** Items by `pk|sk`. */
export type Items = Map<string, Item>;

/** Told of each item that is written: as it was and as it is, undefined where there is none. */
export type OnWrite = (before: Item | undefined, after: Item | undefined) => void;

type Key = { pk: string; sk: string };
const place = ({ pk, sk }: Key) => `${pk}|${sk}`;

/**
 * A table in memory, as far as the service uses one: transactions that hold or do not, consistent reads, queries of an index.
 * Each call is one step: `step` decides when it is taken, and gets what it does.
 */
export function memoryDb(
  items: Items,
  now: () => number,
  step: <T>(act: () => T) => Promise<T>,
  onWrite: OnWrite = () => {},
): Db {
  const document = {
    delete: ({ Key }: { Key: Key }) => step(() => void items.delete(place(Key))),
    query: (input: QueryInput) => step(() => query(items, input)),
  };
  return {
    document: document as unknown as Db['document'],
    table: 'table',
    now,
    stamp: () => new Date(now()).toISOString(),
    epochSeconds: () => Math.floor(now() / 1000),
    read: (key) =>
      step(() => {
        const item = items.get(place(key));
        return isUnexpired(item, now()) ? structuredClone(item) : undefined;
      }),
    transact: (writes) => step(() => transact(items, writes, onWrite)),
    close: () => {},
  };
}

function transact(items: Items, writes: readonly Write[], onWrite: OnWrite): boolean {
  const changes = writes.map(({ Put, Update, Delete, ConditionCheck }) => {
    const one = Put ?? Update ?? Delete ?? ConditionCheck;
    if (one === undefined) throw new Error('a write of an unknown kind');
    const key = place((Put?.Item ?? (one as unknown as { Key: Key }).Key) as Key);
    const names: Names = { names: one.ExpressionAttributeNames ?? {}, values: one.ExpressionAttributeValues ?? {} };
    const present = items.get(key);
    return {
      key,
      fits: one.ConditionExpression === undefined || conditionHolds(one.ConditionExpression, present ?? {}, names),
      apply() {
        if (Put) items.set(key, compact(Put.Item as Item));
        if (Delete) items.delete(key);
        if (Update) items.set(key, updateItem(Update.UpdateExpression ?? '', present ?? (Update.Key as Item), names));
      },
    };
  });
  if (new Set(changes.map(({ key }) => key)).size < changes.length)
    throw new Error('an item is named twice in a transaction');
  if (!changes.every(({ fits }) => fits)) return false;
  for (const change of changes) {
    const before = items.get(change.key);
    change.apply();
    onWrite(before, items.get(change.key));
  }
  return true;
}

/** Without members that are undefined, as the document client writes it. */
function compact(item: Item): Item {
  return structuredClone(Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));
}

interface QueryInput {
  readonly KeyConditionExpression: string;
  readonly FilterExpression?: string;
  readonly ExpressionAttributeNames?: Record<string, string>;
  readonly ExpressionAttributeValues?: Record<string, unknown>;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
}

/** A query of the index: `Limit` counts what is read, before the filter. */
function query(items: Items, input: QueryInput): { Items: Item[]; LastEvaluatedKey?: Item } {
  const names: Names = { names: input.ExpressionAttributeNames ?? {}, values: input.ExpressionAttributeValues ?? {} };
  const direction = input.ScanIndexForward === false ? -1 : 1;
  const found = [...items.values()]
    .filter((item) => item.list !== undefined && conditionHolds(input.KeyConditionExpression, item, names))
    .sort((one, other) => direction * (String(one.order) < String(other.order) ? -1 : 1));
  const page = found.slice(0, input.Limit);
  const Items = page.filter(
    (item) => input.FilterExpression === undefined || conditionHolds(input.FilterExpression, item, names),
  );
  const last = page.length < found.length ? page.at(-1) : undefined;
  return { Items: structuredClone(Items), ...(last && { LastEvaluatedKey: last }) };
}

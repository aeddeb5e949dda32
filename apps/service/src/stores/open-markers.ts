import type { Db } from './db.ts';
import { INDEX, OPEN, openKey, openOrder } from './items.ts';

/** A mark that a soundbite is unfinished, as the sweep finds it. */
export interface OpenMarker {
  readonly id: string;
  readonly order: string;
  readonly createdAt: string;
  /** How often a sweep took it up. */
  readonly sweeps: number;
}

export function openMarkers(db: Db) {
  async function query(limit: number, before?: string): Promise<OpenMarker[]> {
    const page = await db.document.query({
      TableName: db.table,
      IndexName: INDEX,
      KeyConditionExpression: before === undefined ? '#list = :list' : '#list = :list AND #order < :before',
      ExpressionAttributeNames: { '#list': 'list', ...(before === undefined ? {} : { '#order': 'order' }) },
      ExpressionAttributeValues: { ':list': OPEN, ...(before === undefined ? {} : { ':before': before }) },
      Limit: limit,
    });
    return (page.Items ?? []).map((item) => ({
      id: String(item.id),
      order: String(item.order),
      createdAt: String(item.createdAt),
      sweeps: Number(item.sweeps),
    }));
  }

  return {
    /** Unfinished soundbites whose time to be looked after has come, the longest overdue first. */
    overdue: (limit: number) => query(limit, db.stamp()),

    /** The unfinished soundbite that is due first: about the oldest one. */
    oldestOpen: async (): Promise<OpenMarker | undefined> => (await query(1))[0],

    /** Takes an overdue soundbite for this sweep and says (epoch ms) when the next is due. False when another was quicker. */
    claimOpen(marker: OpenMarker, nextDue: number): Promise<boolean> {
      return db.transact([
        {
          Update: {
            TableName: db.table,
            Key: openKey(marker.id),
            UpdateExpression: 'SET #order = :next ADD sweeps :one',
            ConditionExpression: '#order = :seen',
            ExpressionAttributeNames: { '#order': 'order' },
            ExpressionAttributeValues: {
              ':next': openOrder(nextDue, marker.id),
              ':seen': marker.order,
              ':one': 1,
            },
          },
        },
      ]);
    },

    async closeOpen(id: string): Promise<void> {
      await db.document.delete({ TableName: db.table, Key: openKey(id) });
    },
  };
}

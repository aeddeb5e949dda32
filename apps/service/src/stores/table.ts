import type { Settings } from '../settings.ts';
import { audioRecords } from './audio-records.ts';
import { openDb } from './db.ts';
import { openMarkers } from './open-markers.ts';
import { soundbiteRecords } from './soundbite-records.ts';

export type Table = ReturnType<typeof openTable>;

/** The one table (DATA.md), in the words of the service. */
export function openTable(settings: Settings, now: () => number) {
  const db = openDb(settings, now);
  return {
    ...soundbiteRecords(db, settings.service.retentionDays),
    ...audioRecords(db),
    ...openMarkers(db),

    /** Whether the table answers: reads an item that is never there. */
    async ping(): Promise<void> {
      await db.document.get({ TableName: db.table, Key: { pk: 'ping', sk: 'ping' } });
    },

    close: () => db.close(),
  };
}

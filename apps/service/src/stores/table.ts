import type { Settings } from '../settings.ts';
import { audioRecords } from './audio-records.ts';
import { type Db, openDb } from './db.ts';
import { litterRecords } from './litter.ts';
import { openMarkers } from './open-markers.ts';
import { soundbiteRecords } from './soundbite-records.ts';

export type Table = ReturnType<typeof tableOver>;

/** The one table (DATA.md), in the words of the service. */
export function openTable(settings: Settings, now: () => number): Table {
  return tableOver(openDb(settings, now), settings);
}

/** The same over any database that keeps what `Db` says. */
export function tableOver(db: Db, settings: Pick<Settings, 'service'>) {
  return {
    ...soundbiteRecords(db, settings.service),
    ...audioRecords(db, settings.service.retentionDays),
    ...litterRecords(db),
    ...openMarkers(db),

    /** Whether the table answers: reads an item that is never there. */
    async ping(): Promise<void> {
      await db.document.get({ TableName: db.table, Key: { pk: 'ping', sk: 'ping' } });
    },

    close: () => db.close(),
  };
}

import type { Acting, Block, Digest, EnvironmentRecord } from '@soundbite/model';
import { type RawBuilder, sql } from 'kysely';
import { actingThen, blocksThen, evidenceThen, lastTold } from './past-events.ts';
import { type PastPromotions, pastPromotions } from './past-promotions.ts';
import type { Sites } from './sites.ts';
import { type BroughtBy, begunBefore, bringingAt, liveBefore, type SaidEvidence } from './tracking.ts';
import type { UnitOfWork } from './unit-of-work.ts';

/**
 * What the records said at a time, by the events of every change: the last one of a subject before it says all about it. A promotion of which an older
 * version told in another form is left out.
 */
export interface PastRecords extends PastPromotions {
  environment(name: string): Promise<Pick<EnvironmentRecord, 'liveRelease'>>;
  /** The session that had it; one that was killed told nobody that it ended. */
  holder(name: string): Promise<string | null>;
  acting(name: string, release: Digest | null): Promise<Omit<Acting, 'before'>>;
  broughtBy(name: string, release: Digest): Promise<BroughtBy | null>;
  /** Newest first. */
  evidenceSaid(release: Digest): Promise<SaidEvidence[]>;
  /** Those in force. */
  blocks(): Promise<Block[]>;
}

/** The records as they were. */
export const pastRepository = (work: UnitOfWork, sites: Sites) => ({
  /** At a time in ISO 8601, to the millisecond. */
  asOf: (time: string): PastRecords => asOf(work, sites, sql`(${time}::timestamptz + interval '1 millisecond')`),
});

function asOf({ read }: UnitOfWork, sites: Sites, then: RawBuilder<Date>): PastRecords {
  return {
    ...pastPromotions({ read }, sites, then),
    environment: (name) =>
      read(async (db) => {
        const told = await lastTold<EnvironmentRecord>(db, then, 'environment', sites.of(name));
        if (told) return { liveRelease: told.liveRelease };
        // What went live before there were events was told by nobody.
        return { liveRelease: (await liveBefore(db, sites.of(name), then))?.release ?? null };
      }),
    holder: (name) =>
      read(async (db) => {
        const told = await lastTold<{ readonly holder: string | null }>(db, then, 'lock', sites.of(name));
        return told?.holder ?? null;
      }),
    acting: (name, release) => read((db) => actingThen(db, then, sites.of(name), release)),
    broughtBy: (name, release) =>
      read((db) => {
        const site = sites.of(name);
        return bringingAt(db, site, release, { after: begunBefore(site, then), before: then });
      }),
    evidenceSaid: (release) => read((db) => evidenceThen(db, then, release)),
    blocks: () => read(async (db) => (await blocksThen(db, then)).filter(({ blocked }) => blocked)),
  };
}

import {
  type FoundEntries,
  firstBroken,
  foundIn,
  type LedgerEntry,
  type LedgerSearch,
  ledgerSpan,
  ledgerWords,
  type VerifiedChain,
} from '@soundbite/model';
import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import { type Database, throughOutages } from './database.ts';
import { entryOf, readLedger } from './ledger.ts';
import type { LedgerTable } from './schema.ts';

/** The newest entries, or the newest that say all of some words; see `saysAll`. One request looks at `ledgerReach` entries at most. */
export function searchLedger(db: Database, search: LedgerSearch): Promise<FoundEntries> {
  return throughOutages(async () => {
    const newest = await db
      .selectFrom('ledger')
      .select(({ fn }) => fn.max('sequence').as('sequence'))
      .executeTakeFirst();
    const span = ledgerSpan(search, Number(newest?.sequence ?? 0));
    if (!span) return { entries: [], next: null };
    const words = ledgerWords(search.find);
    const { rows } = await sql<Selectable<LedgerTable>>`
      select l.* from ledger l ${words.length === 0 ? sql`` : textsOfEntry}
      where l.sequence between ${String(span.to)} and ${String(span.from)} and ${isAbout(search.subject)} and ${saysEach(words)}
      order by l.sequence desc limit ${search.limit + 1}`.execute(db);
    return foundIn(rows.map(entryOf), search.limit, span.to);
  });
}

const isAbout = (subject: string | undefined) =>
  subject === undefined ? sql<boolean>`true` : sql<boolean>`l.subject = ${subject}`;

/** The texts of an entry, made once for all words: `offset 0` keeps them from being made for each. */
const textsOfEntry = sql`, lateral (
  select lower(l.kind || e'\n' || l.subject || e'\n' || coalesce((
    select string_agg(one #>> '{}', e'\n')
    from jsonb_path_query(l.payload, 'strict $.** ? (@.type() == "string")') one), '')) as said
  offset 0) texts`;

const saysEach = (words: readonly string[]) =>
  words.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`${sql.join(
        words.map((word) => sql`strpos(texts.said, lower(${word})) > 0`),
        sql` and `,
      )}`;

/** So many entries are held against each other at a time; others have their turn in between. */
const linksAtOnce = 1000;

/** Reads the whole ledger, and holds each entry against its hash and the one before it. */
export async function verifyLedger(db: Database, now: () => number = Date.now): Promise<VerifiedChain> {
  let last: LedgerEntry | undefined;
  for (;;) {
    const entries = await readLedger(db, last?.sequence ?? 0, linksAtOnce);
    const broken = firstBroken(entries, last);
    if (broken) return { ...chainTo(broken), whole: false, broken: broken.sequence, verified: timeOf(now()) };
    last = entries.at(-1) ?? last;
    if (entries.length < linksAtOnce) return { ...chainTo(last), whole: true, broken: null, verified: timeOf(now()) };
  }
}

const chainTo = (last: LedgerEntry | undefined) => ({ entries: last?.sequence ?? 0, head: last?.hash ?? null });
const timeOf = (ms: number): string => new Date(ms).toISOString();

import type { LedgerEntry } from './ledger.ts';

/** At so many entries one search looks at most, newest first: a ledger grows for ever, and nobody waits for one answer while it is read whole. */
export const ledgerReach = 20_000;

/** What is looked for, from the newest entry on, or from behind one. */
export interface LedgerSearch {
  /** Words; each must be in an entry. Nothing: every entry is meant. */
  readonly find?: string | undefined;
  /** Only entries about this: a promotion, a release, a site, a token's name. They are found at once, however far back. */
  readonly subject?: string | undefined;
  /** Only entries before this sequence. */
  readonly before?: number | undefined;
  /** At most so many. */
  readonly limit: number;
}

/** Newest first. `next`: from where to go on (`before`), also where nothing was found yet; null: there is nothing before. */
export interface FoundEntries {
  readonly entries: readonly LedgerEntry[];
  readonly next: number | null;
}

/** What is typed, word by word. */
export const ledgerWords = (find = ''): readonly string[] => [...new Set(find.split(/\s+/).filter(Boolean))];

/** Which sequences are looked at: from the higher to the lower one; null: none. */
export function ledgerSpan(
  { find, subject, before = Number.MAX_SAFE_INTEGER }: LedgerSearch,
  newest: number,
): { readonly from: number; readonly to: number } | null {
  const from = Math.min(newest, before - 1);
  if (from < 1) return null;
  // Who looks for nothing, or for what is known, finds the first ones at once.
  return {
    from,
    to: ledgerWords(find).length === 0 || subject !== undefined ? 1 : Math.max(1, from - ledgerReach + 1),
  };
}

/** What was found in a span, newest first, of which one more than `limit` was looked for. */
export function foundIn(found: readonly LedgerEntry[], limit: number, to: number): FoundEntries {
  const entries = found.slice(0, limit);
  const last = entries.at(-1);
  return { entries, next: found.length > limit && last ? last.sequence : to > 1 ? to : null };
}

/** Whether each of these words is in an entry: in its kind, its subject, or some text of its payload, whatever the case. */
export function saysAll(entry: Pick<LedgerEntry, 'kind' | 'subject' | 'payload'>, words: readonly string[]): boolean {
  const said = [entry.kind, entry.subject, ...textsIn(entry.payload)].join('\n').toLowerCase();
  return words.every((word) => said.includes(word.toLowerCase()));
}

/** Every text in a value, without the names of its fields. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return value !== null && typeof value === 'object' ? Object.values(value).flatMap(textsIn) : [];
}

/** The search over entries in memory, in order of sequence. */
export function searchedIn(entries: readonly LedgerEntry[], search: LedgerSearch): FoundEntries {
  const span = ledgerSpan(search, entries.at(-1)?.sequence ?? 0);
  if (!span) return { entries: [], next: null };
  const words = ledgerWords(search.find);
  const isMeant = (entry: LedgerEntry) => search.subject === undefined || entry.subject === search.subject;
  const looked = entries
    .filter((entry) => entry.sequence >= span.to && entry.sequence <= span.from && isMeant(entry))
    .toReversed();
  return foundIn(looked.filter((entry) => saysAll(entry, words)).slice(0, search.limit + 1), search.limit, span.to);
}

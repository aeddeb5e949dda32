import type { LedgerEntry } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';
import { homeOfSite, nameAt, type Site } from '@soundbite/model/site.ts';
import type { Route } from '../../route.ts';

/** What an entry is about, in its own words, and where the page shows that; null: nowhere. */
export interface EntrySubject {
  readonly text: string;
  readonly route: Route | null;
}

/** By the beginning of its kind: an entry's subject is a promotion's id, a release's digest, an environment's site or a token's name. */
export function subjectOfEntry({ kind, subject }: Pick<LedgerEntry, 'kind' | 'subject'>): EntrySubject {
  const [about = ''] = kind.split('.');
  if (/^sha256:[0-9a-f]{64}$/.test(subject))
    return { text: shortDigest(subject), route: { screen: 'release', release: subject } };
  if (ofPromotions.has(about)) return { text: subject, route: { screen: 'promotion', id: subject } };
  if (about === 'token') return { text: subject, route: { screen: 'people' } };
  if (!ofEnvironments.has(about)) return { text: subject, route: null };
  // Of a shared database: whose home it is the page does not know, and one of the same name may be another's.
  if (homeOfSite(subject as Site) !== null) return { text: subject, route: null };
  const name = nameAt(subject as Site);
  return { text: name, route: { screen: 'environment', name } };
}

const ofPromotions = new Set(['promotion', 'step', 'gate', 'approval']);
const ofEnvironments = new Set(['environment', 'hold', 'freeze', 'taint']);

/** What its payload says of it, as far as it does; null: it does not. */
export interface EntrySaid {
  readonly environment: string | null;
  readonly by: string | null;
  /** What came out, and why. */
  readonly why: string | null;
}

/** Where something was asked for, by whom, what came out and why. */
export function saidBy({ payload }: Pick<LedgerEntry, 'payload'>): EntrySaid {
  const fields = payload !== null && typeof payload === 'object' ? (payload as Readonly<Record<string, unknown>>) : {};
  const textsOf = (...names: readonly string[]): string[] =>
    names.map((name) => fields[name]).filter((value) => typeof value === 'string' && value !== '') as string[];
  const why = [textsOf('step', 'state').join(' '), textsOf('reason', 'note', 'detail')[0] ?? ''].filter(Boolean);
  return {
    environment: textsOf('environment')[0] ?? null,
    by: textsOf('actor', 'by')[0] ?? null,
    why: why.length === 0 ? null : why.join(': '),
  };
}

import { canonicalJson, type Digest, digestOf } from './digest.ts';

/** One entry of the append-only ledger. `hash` covers everything else, `previous` included: a chain that shows any change. */
export interface LedgerEntry {
  readonly sequence: number;
  readonly at: string;
  /** e.g. `promotion.requested`, `step.finished`, `gate.decided`, `promotion.finished`. */
  readonly kind: string;
  /** Its subject: a promotion's id, an environment's name. */
  readonly subject: string;
  readonly payload: unknown;
  readonly previous: Digest | null;
  readonly hash: Digest;
}

/** The hash of an entry: SHA-256 of the canonical JSON of all its other fields. */
export function entryHash(entry: Omit<LedgerEntry, 'hash'>): Digest {
  const { sequence, at, kind, subject, payload, previous } = entry;
  return digestOf(canonicalJson({ sequence, at, kind, subject, payload, previous }));
}

/**
 * The text of which an entry's hash is made, in four pieces: between them stand its time, the hash before it as JSON, and its sequence, which only who
 * has the ledger to itself knows.
 */
export function entryPieces({ kind, subject, payload }: Pick<LedgerEntry, 'kind' | 'subject' | 'payload'>) {
  const [of, what, about] = [kind, payload, subject].map(canonicalJson);
  return ['{"at":"', `","kind":${of},"payload":${what},"previous":`, ',"sequence":', `,"subject":${about}}`] as const;
}

/** What was found when the ledger was read whole. */
export interface VerifiedChain {
  readonly whole: boolean;
  /** How many fit; where it is broken, up to and with the one that does not. */
  readonly entries: number;
  /** The first entry that does not fit; null: all do. */
  readonly broken: number | null;
  /** The hash of the last entry that was looked at: who noted an earlier one can tell whether it is still there. Null: there is no entry. */
  readonly head: Digest | null;
  /** When (ISO 8601). */
  readonly verified: string;
}

/**
 * The first entry (in order of sequence) that does not fit its predecessor or its own hash; null when the chain is whole. `behind`: the entry before the first
 * of these, which is known to fit; absent: the ledger begins with them.
 */
export function firstBroken(entries: readonly LedgerEntry[], behind?: LedgerEntry): LedgerEntry | null {
  let previous = behind;
  for (const entry of entries) {
    const follows = previous
      ? entry.sequence === previous.sequence + 1 && entry.previous === previous.hash
      : entry.sequence === 1 && entry.previous === null;
    if (!follows || entry.hash !== entryHash(entry)) return entry;
    previous = entry;
  }
  return null;
}

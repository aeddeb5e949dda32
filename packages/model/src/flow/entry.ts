import type { Digest } from '../digest.ts';
import { type Acting, decideFlow } from './flow.ts';

/** Whether a release may enter an environment, as far as records alone tell: the order lets it in. `waits`: something keeps it out for now. */
export interface EntryByRecords {
  readonly is: 'may' | 'waits';
  /** In the words of what keeps it out, or why it may. */
  readonly why: string;
}

/** What records say of an environment and of the one before it. */
export interface EntryFacts extends Pick<Acting, 'freezes' | 'holds' | 'before'> {
  readonly release: Digest;
  readonly isBlocked: boolean;
  /** The name of the environment before it; null: there is none. */
  readonly beforeName: string | null;
}

/**
 * Null: it may not, because it is blocked, or not live in the environment before. Whether that is well, and what gates say, is asked when it comes. `now`: ms
 * since 1970.
 */
export function entryByRecords(
  { release, freezes, holds, before, isBlocked, beforeName }: EntryFacts,
  now: number,
): EntryByRecords | null {
  if (isBlocked || (beforeName !== null && before?.live !== release)) return null;
  const entering = { release, isAutomatic: false, isLiveHere: false };
  const [waits] = decideFlow({ freezes, holds, block: null, before }, entering, now);
  if (waits) return { is: 'waits', why: waits.reasons.join('; ') };
  return { is: 'may', why: beforeName === null ? 'it is the first environment' : `it is live in ${beforeName}` };
}

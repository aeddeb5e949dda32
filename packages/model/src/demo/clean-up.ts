import type { Digest } from '../digest.ts';
import type { Hold } from '../flow/hold.ts';
import type { PromotionView } from '../promotion.ts';
import { type DemoJournal, demoReason } from './journal.ts';

/** What is there of a demo when it is cleaned up after. */
export interface DemoSight {
  readonly live: Digest | null;
  /** Whose template was deployed last. */
  readonly infrastructure: Digest | null;
  /** Promotions of its environment that have not ended. */
  readonly open: readonly Pick<PromotionView, 'promotion' | 'state' | 'release' | 'asked'>[];
  readonly holds: readonly Pick<Hold, 'id' | 'reason'>[];
  /** All that are in the store. */
  readonly releases: readonly { readonly release: Digest; readonly commit: string }[];
}

/** The next thing to do so that the environment has what it had before. */
export type DemoCleanUp =
  | { readonly does: 'wait'; readonly promotion: string }
  /** Somebody else's: how it ends is not the demo's matter. */
  | { readonly does: 'let-pass'; readonly promotion: string }
  | { readonly does: 'abort'; readonly promotion: string }
  | { readonly does: 'roll-back' }
  | { readonly does: 'restore' }
  | { readonly does: 'resume'; readonly hold: string }
  | { readonly does: 'remove'; readonly release: Digest }
  | { readonly does: 'nothing' };

/**
 * Decides what to do next, by what is there and not by what was done: a demo may have ended anywhere. What is not its own is left alone, also where somebody
 * else has promoted meanwhile. A rollback stops what is under way, names its target, and twice is as once.
 */
export function nextCleanUp(
  { before, commits }: Pick<DemoJournal, 'before' | 'commits'>,
  sight: DemoSight,
): DemoCleanUp {
  const own = sight.releases.filter(({ commit }) => commits.includes(commit)).map(({ release }) => release);
  const isOwn = (release: Digest | null) => release !== null && own.includes(release);
  const returning = sight.open.find(({ release, asked }) => release === before && asked.reason === demoReason);
  if (returning) return { does: 'wait', promotion: returning.promotion };
  // A rollback stops only what has begun.
  const waiting = sight.open.find(({ state, release }) => state === 'waiting' && isOwn(release));
  if (waiting) return { does: 'abort', promotion: waiting.promotion };
  // A rollback would stop what somebody else has begun there: that ends by itself, and may be all that is needed.
  const theirs = sight.open.find(
    ({ state, release, asked }) => state === 'running' && !isOwn(release) && asked.reason !== demoReason,
  );
  if (isOwn(sight.live) && theirs) return { does: 'let-pass', promotion: theirs.promotion };
  if (isOwn(sight.live) || sight.open.some(({ release }) => isOwn(release))) return { does: 'roll-back' };
  // The template belongs to the release that is removed next: drift is measured against it.
  if (sight.live === before && isOwn(sight.infrastructure)) return { does: 'restore' };
  const hold = sight.holds.find(({ reason }) => reason === `rolled back: ${demoReason}`);
  if (hold) return { does: 'resume', hold: hold.id };
  const [release] = own;
  return release ? { does: 'remove', release } : { does: 'nothing' };
}

import type { Digest } from './digest.ts';

/** A succeeded promotion, as far as choosing a rollback target needs it. */
export interface SucceededPromotion {
  readonly kind: 'promote' | 'rollback';
  readonly release: Digest;
  /** What was live before it. */
  readonly previous: Digest | null;
}

/**
 * The release that `rollback` goes to when none is named: the newest one that was promoted here, is not live, and was never itself
 * rolled back from: so a second rollback does not return to the release that the first one left. `history` is newest first.
 */
export function rollbackTarget(history: readonly SucceededPromotion[], live: Digest | null): Digest | null {
  const left = new Set(history.filter(({ kind }) => kind === 'rollback').map(({ previous }) => previous));
  return (
    history.find(({ kind, release }) => kind === 'promote' && release !== live && !left.has(release))?.release ?? null
  );
}

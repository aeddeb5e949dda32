import type { Digest } from './digest.ts';

/** A succeeded promotion, as far as the way back needs it. */
export interface SucceededPromotion {
  readonly kind: 'promote' | 'rollback';
  readonly release: Digest;
  /** What was live before it. */
  readonly previous: Digest | null;
  /** Its release migrated the data for it: nobody goes back behind it. */
  readonly migrated?: boolean;
}

/** Releases that stay ready in an environment: the live one and those of the next two rollbacks. */
export const readyReleases = 3;

/**
 * The releases that stand ready after a history, the live one first, then where each further rollback goes. A promotion puts its release on top; a
 * rollback takes away what it leaves and what lies between; a migration takes away all that was before it. A version once removed from the target does not come back by itself. `history` is newest first.
 */
export function wayBack(history: readonly SucceededPromotion[]): readonly Digest[] {
  let way: readonly Digest[] = [];
  let ready: readonly Digest[] = [];
  for (const { kind, release, migrated = false } of history.toReversed()) {
    const before = migrated ? [] : way;
    way = kind === 'promote' ? [release, ...without(before, release)] : backTo(way, release);
    const there = new Set([...ready, release]);
    ready = way.slice(0, readyReleases).filter((digest) => there.has(digest));
  }
  return ready;
}

/** The default target of `rollback`: the first that is not blocked; null: none. */
export function rollbackTarget(
  history: readonly SucceededPromotion[],
  live: Digest | null,
  blocked: readonly Digest[] = [],
): Digest | null {
  return wayBack(history).find((release) => release !== live && !blocked.includes(release)) ?? null;
}

/**
 * Whether a rollback has nothing more to do, since what it stopped gave the environment back: `wasLive` was live before that (null or undefined: nothing was stopped, or it had
 * succeeded) and is `live` again, and the request means it by name or means what was live before.
 */
export const isLiveAgain = (
  { release }: { readonly release?: Digest | undefined },
  live: Digest | null,
  wasLive: Digest | null | undefined,
): live is Digest => live !== null && live === wasLive && (release ?? live) === live;

const without = (way: readonly Digest[], release: Digest) => way.filter((digest) => digest !== release);

function backTo(way: readonly Digest[], release: Digest): readonly Digest[] {
  const place = way.indexOf(release);
  return place < 0 ? [release, ...way.slice(1)] : way.slice(place);
}

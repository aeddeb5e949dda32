import { z } from 'zod';
import type { Digest } from '../digest.ts';
import { SoundBiteError } from '../errors.ts';
import { overridingOf } from '../gates/override.ts';
import type { PromotionRequest } from '../promotion.ts';
import { minuteText } from './minute-text.ts';

/** automatic: what comes by itself waits, what a person promotes goes. all: everything waits but rollbacks. */
export const HoldScope = z.enum(['automatic', 'all']);
export type HoldScope = z.infer<typeof HoldScope>;

/** Somebody keeps releases out of an environment until it is resumed. */
export const Hold = z.object({
  id: z.string(),
  environment: z.string(),
  scope: HoldScope,
  /** When it ends by itself (ISO 8601); null: it does not. */
  until: z.string().nullable(),
  reason: z.string(),
  by: z.string(),
  /** When the rollback was asked for that made it (ISO 8601); absent: a person did. */
  rolledBackAt: z.string().optional(),
});
export type Hold = z.infer<typeof Hold>;

/** What wants to enter an environment. */
export interface Entering {
  readonly release: Digest;
  /** No person decided at this moment that it comes: `up` asked for it, or it follows another promotion. */
  readonly isAutomatic: boolean;
  /** When it was asked for, in ms since 1970; absent: it is asked for now. */
  readonly askedAt?: number;
  /** It is live there already: it brings nothing that is new. */
  readonly isLiveHere: boolean;
  /** Why somebody broke the glass for it. */
  readonly glass?: string | null;
}

/** Whether nobody decided at this moment that a promotion comes. */
export const comesByItself = ({ actor, via }: Pick<PromotionRequest, 'actor' | 'via'>, isFollower: boolean): boolean =>
  // Of the time before requests had an actor of their own.
  isFollower || via === 'up' || actor === 'up';

/** What wants to enter by a request; `isFollower`: another promotion's success began it. */
export function enteringBy({ request, release, isFollower, createdAt }: Coming, isLiveHere: boolean): Entering {
  const overriding = overridingOf(request);
  const glass = overriding?.isGlass ? overriding.reason : null;
  return { release, isAutomatic: comesByItself(request, isFollower), askedAt: createdAt, isLiveHere, glass };
}

interface Coming {
  readonly request: PromotionRequest;
  readonly release: Digest;
  readonly isFollower: boolean;
  /** In ms since 1970. */
  readonly createdAt: number;
}

/** Those that act on what wants to enter, at a time (ms since 1970). */
export const holdsOn = (holds: readonly Hold[], entering: Entering, now: number): readonly Hold[] =>
  holds.filter(
    (hold) =>
      (hold.until === null || now < Date.parse(hold.until)) &&
      (hold.scope === 'all' || isKeptByAutomatic(hold, entering)),
  );

/** What a person asked for before somebody rolled back comes by itself from then on: else it would bring forward again what was taken back. */
const isKeptByAutomatic = (
  { rolledBackAt }: Hold,
  { isAutomatic, askedAt = Number.POSITIVE_INFINITY, isLiveHere }: Entering,
): boolean => !isLiveHere && (isAutomatic || (rolledBackAt !== undefined && askedAt < Date.parse(rolledBackAt)));

/** `staging is held until 2026-12-01 08:00 UTC by ana (looking into the outage); soundbite resume staging` */
export const holdText = ({ environment, scope, until, reason, by, rolledBackAt }: Hold): string =>
  `${environment} is held${scope === 'all' ? '' : ' for what comes by itself'}${rolledBackAt === undefined ? '' : ' or was asked for before'}${until === null ? '' : ` until ${minuteText(until)}`} by ${by} (${reason}); soundbite resume ${environment}`;

/** Who wants holds to end. */
export interface HoldEnder {
  readonly name: string;
  readonly isAdmin: boolean;
}

/**
 * The ids of the holds that somebody ends: the one that is named, or one's own. Others' holds only an admin ends, and only by name: who resumes an
 * environment ends what he knows of. One that is over is none. Errors: `hold-of-others`.
 */
export function holdsToEnd(holds: readonly Hold[], { name, isAdmin }: HoldEnder, wanted?: string): readonly string[] {
  const meant = wanted === undefined ? holds : holds.filter(({ id }) => id === wanted);
  const own = meant.filter(({ by }) => by === name || (isAdmin && wanted !== undefined));
  const [other] = meant;
  if (own.length === 0 && other) throw ofOthers(other, isAdmin);
  return own.map(({ id }) => id);
}

const ofOthers = ({ environment, by, id }: Hold, isAdmin: boolean): SoundBiteError =>
  new SoundBiteError('hold-of-others', `${environment} is held by ${by}`, {
    hint: isAdmin ? `soundbite resume ${environment} --hold ${id}` : `ask ${by}, or an admin`,
  });

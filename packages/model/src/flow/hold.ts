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
  /** When it began (ISO 8601); absent: that is not on record. */
  since: z.string().optional(),
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

/** `staging is held by ana until 2026-12-01 08:00 UTC (looking into the outage); soundbite resume staging --hold 0f2c8a11` */
export const holdText = ({ id, environment, scope, until, reason, by, rolledBackAt }: Hold): string => {
  const older = rolledBackAt === undefined ? '' : `, and for what was asked for before ${minuteText(rolledBackAt)}`;
  const what = scope === 'all' ? '' : ` for what comes by itself${older}`;
  const end = until === null ? '' : ` until ${minuteText(until)}`;
  return `${environment} is held by ${by}${end}${what} (${reason}); soundbite resume ${environment} --hold ${shortHold(id)}`;
};

/** The beginning of a hold's id, by which `resume` knows it. */
const shortHold = (id: string): string => id.slice(0, 8);

/** Who wants holds to end. */
export interface HoldEnder {
  readonly name: string;
  readonly isAdmin: boolean;
}

/**
 * The ids of the holds that somebody ends: the one that is named, or one's own. Others' holds only an admin ends, and only by name: who resumes an
 * environment ends what he knows of; the beginning of an id will do. One that is over is none. Errors: `hold-of-others`, `hold-unknown` of what several begin with.
 */
export function holdsToEnd(holds: readonly Hold[], { name, isAdmin }: HoldEnder, wanted?: string): readonly string[] {
  const meant = wanted === undefined ? holds : named(holds, wanted);
  const own = meant.filter(({ by }) => by === name || (isAdmin && wanted !== undefined));
  const [other] = meant;
  if (own.length === 0 && other) throw ofOthers(other, isAdmin);
  return own.map(({ id }) => id);
}

function named(holds: readonly Hold[], wanted: string): readonly Hold[] {
  const same = holds.filter(({ id }) => id === wanted);
  const alike = same.length > 0 ? same : holds.filter(({ id }) => id.startsWith(wanted));
  if (alike.length > 1) throw new SoundBiteError('hold-unknown', `${wanted} begins ${alike.length} holds`);
  return alike;
}

const ofOthers = ({ environment, by, id }: Hold, isAdmin: boolean): SoundBiteError =>
  new SoundBiteError('hold-of-others', `${environment} is held by ${by}`, {
    hint: isAdmin ? `soundbite resume ${environment} --hold ${shortHold(id)}` : `ask ${by}, or an admin`,
  });

import type { TokenView } from '@soundbite/client';
import type { StateTone } from '../../parts/state-mark.tsx';

/** Whether a token lets anybody in, in one word. */
export interface TokenStanding {
  readonly tone: StateTone;
  readonly word: string;
  /** Nothing can be asked for with it any more. */
  readonly isOver: boolean;
}

const soonMs = 7 * 86_400_000;

/** How a token stands at a time (ms since 1970). */
export function tokenStanding(
  { revoked, expires }: Pick<TokenView, 'revoked' | 'expires'>,
  now: number,
): TokenStanding {
  if (revoked !== null) return { tone: 'empty', word: 'revoked', isOver: true };
  const left = Date.parse(expires) - now;
  if (left <= 0) return { tone: 'empty', word: 'expired', isOver: true };
  return left < soonMs
    ? { tone: 'degraded', word: 'ends soon', isOver: false }
    : { tone: 'healthy', word: 'in force', isOver: false };
}

/** By whom things are recorded that are asked for with it. */
export const tokenHolder = ({ person, name }: Pick<TokenView, 'person' | 'name'>): string => person ?? name;

/** Each holder's tokens together, people before programs. */
export const byHolder = (tokens: readonly TokenView[]): readonly TokenView[] =>
  tokens.toSorted(
    (one, other) =>
      Number(one.person === null) - Number(other.person === null) ||
      tokenHolder(one).localeCompare(tokenHolder(other)) ||
      one.name.localeCompare(other.name),
  );

import { SoundBiteError } from './errors.ts';
import type { PromotionRequest, PromotionState } from './promotion.ts';

/**
 * The environments that a request with `through` goes on to after its own, in declared order. `names` are all declared ones.
 * Errors: `environment-unknown`; `usage` where `through` comes before the environment, or with a rollback.
 */
export function restOf(
  names: readonly string[],
  { environment, kind, through }: Pick<PromotionRequest, 'environment' | 'kind' | 'through'>,
): string[] {
  if (through === undefined) return [];
  if (kind === 'rollback') {
    throw new SoundBiteError('usage', 'a rollback changes one environment; --through does not apply', {
      hint: `soundbite rollback ${environment}`,
    });
  }
  const [start, end] = [indexOf(names, environment), indexOf(names, through)];
  if (start <= end) return names.slice(start + 1, end + 1);
  throw new SoundBiteError('usage', `${through} comes before ${environment}`, {
    hint: 'soundbite env list',
  });
}

function indexOf(names: readonly string[], name: string): number {
  const index = names.indexOf(name);
  if (index >= 0) return index;
  throw new SoundBiteError('environment-unknown', `no environment named "${name}" is declared`, {
    hint: 'soundbite env list',
  });
}

/** A promotion that is asked to go on, and whether a person has stopped it since. */
interface GoingOn {
  readonly rest: readonly string[];
  readonly stopped: string | null;
}

/** Whether a promotion that ended so is followed by one into the next environment of its request. */
export const goesOn = ({ rest, stopped }: GoingOn, state: PromotionState): boolean =>
  state === 'succeeded' && rest.length > 0 && stopped === null;

/** Why it ended so, with what was therefore never begun; null: it succeeded, with nothing to add. */
export function endingOf(promotion: GoingOn, state: PromotionState, reason: string | null): string | null {
  const { rest, stopped } = promotion;
  if (rest.length === 0 || goesOn(promotion, state)) return reason;
  const why = reason ?? (stopped === null ? state : `stopped when it was done (${stopped})`);
  return `${why}; not begun: ${rest.join(', ')}`;
}

import { SoundBiteError } from './errors.ts';
import type { PromotionRequest } from './promotion.ts';

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
    throw new SoundBiteError('usage', 'a rollback is of one environment, and goes through no others', {
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

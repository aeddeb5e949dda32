import { SoundBiteError } from './errors.ts';

/** A page of promotions, of one more than it may have; `next`: behind which it goes on; null: it was the last one. */
export function promotionPage<Listed extends { readonly promotion: string }>(
  found: readonly Listed[],
  limit: number,
): { readonly promotions: Listed[]; readonly next: string | null } {
  const promotions = found.slice(0, limit);
  return { promotions, next: found.length > limit ? (promotions.at(-1)?.promotion ?? null) : null };
}

/** What is said to go on behind is no promotion. */
export const noPlaceToGoOn = (before: string): SoundBiteError =>
  new SoundBiteError('usage', `there is no promotion ${before} to go on behind`, {
    hint: 'begin with the newest, without before=',
  });

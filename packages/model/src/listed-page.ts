import type { Digest } from './digest.ts';
import { SoundBiteError } from './errors.ts';

/** Which part of a list of releases is asked for: so many behind one, or one alone. */
interface ListedAsked {
  readonly limit: number;
  readonly after?: Digest | undefined;
  readonly release?: Digest | undefined;
}

/** That part, and whether more of the list follows it. Errors: `release-unknown`, of what is named and not in the list. */
export function listedPage<Listed extends { readonly release: Digest }>(
  listed: readonly Listed[],
  { limit, after, release: only }: ListedAsked,
): { readonly page: readonly Listed[]; readonly more: boolean } {
  for (const named of [after, only])
    if (named !== undefined && !listed.some(({ release }) => release === named))
      throw new SoundBiteError('release-unknown', `there is no release ${named}`, { hint: 'soundbite release list' });
  const behind = listed.slice(after === undefined ? 0 : listed.findIndex(({ release }) => release === after) + 1);
  const meant = only === undefined ? behind : behind.filter(({ release }) => release === only);
  return { page: meant.slice(0, limit), more: meant.length > limit };
}

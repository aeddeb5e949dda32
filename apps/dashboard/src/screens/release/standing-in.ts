import type { Matrix, ReleaseView } from '@soundbite/client';

/** Where a release is live, and whether it is blocked: by its row of the matrix, which is asked for anew after each change; by its description where the row knows nothing. */
export function standingIn(
  matrix: Matrix | undefined,
  { live, blocked }: Pick<ReleaseView, 'live' | 'blocked'>,
): Pick<ReleaseView, 'live' | 'blocked'> {
  const row = matrix?.releases[0];
  if (!matrix || !row) return { live, blocked };
  const stateOf = (name: string) => row.cells.find(({ environment }) => environment === name)?.state;
  const isLive = (name: string) => (stateOf(name) ?? (live.includes(name) ? 'live' : 'never')) === 'live';
  return { live: matrix.environments.filter(isLive), blocked: row.blocked };
}

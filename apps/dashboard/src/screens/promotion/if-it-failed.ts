import type { Timeline } from '@soundbite/client';
import { shortDigest } from '@soundbite/model/short-digest.ts';

type Promotion = Pick<Timeline, 'state' | 'kind' | 'environment' | 'previous' | 'steps'>;

/** What would become of users if a promotion failed at this moment; null: it cannot any more. As the engine undoes: what it has begun decides. */
export function ifItFailed({ state, kind, environment, previous, steps }: Promotion): string | null {
  if (state !== 'running' && state !== 'waiting') return null;
  const hasBegun = (...names: readonly string[]) => steps.some(({ name }) => names.includes(name));
  if (kind === 'rollback') return 'it would be tried again: what is live keeps its traffic until it has gone back';
  if (!hasBegun('adopt', 'infrastructure', 'publish', 'migration', 'shift'))
    return `nothing would happen: it has touched nothing in ${environment}`;
  const stays = hasBegun('migration') ? '; what its migration changed would stay' : '';
  if (previous === null) return `nothing would be live in ${environment}, as before${stays}`;
  const before = shortDigest(previous);
  return hasBegun('shift')
    ? `all traffic would go back to ${before} by itself${stays}`
    : `no user would notice: ${before} has all traffic${stays}`;
}

import type { Overview } from '@soundbite/client';
import type { Digest } from '@soundbite/model/digest.ts';

/** A promotion that a block would end, and where it is. */
export interface StoppedPromotion {
  readonly promotion: string;
  readonly environment: string;
  readonly isRunning: boolean;
}

/** What is under way with a release, or waits: blocking it stops each of them. One that goes through several environments is one. */
export function stoppedBy({ environments }: Overview, release: Digest): readonly StoppedPromotion[] {
  const all = environments.flatMap(({ environment, running, why }) => [
    ...(running?.release === release ? [{ promotion: running.promotion, environment, isRunning: true }] : []),
    ...why.waits
      .filter((wait) => wait.release === release && wait.comesFrom === null)
      .map(({ promotion }) => ({ promotion, environment, isRunning: false })),
  ]);
  return all.filter(({ promotion }, index) => all.findIndex((one) => one.promotion === promotion) === index);
}

import type { Digest } from './digest.ts';
import { type Block, blockedTargetError } from './flow/block.ts';
import { belowFloor, type RollbackFloor } from './rollback-floor.ts';
import { type SucceededPromotion, wayBack } from './way-back.ts';

/** What has to be known to say where a rollback would go once a release is live. */
export interface RollbackFacts {
  readonly environment: string;
  /** The release that is promoted, or that is live already. */
  readonly release: Digest;
  readonly live: Digest | null;
  /** It brings a migration that has not run there. */
  readonly migrates: boolean;
  /** As it is now, newest first. */
  readonly history: readonly SucceededPromotion[];
  readonly floor: RollbackFloor | null;
  /** Of the releases that stand ready. */
  readonly blocks: readonly Block[];
}

/** What stands in the way of a rollback. */
export interface RollbackObstacle {
  readonly code: string;
  readonly reason: string;
  readonly hint: string;
}

/** Where a rollback that names no release goes; null: nowhere, and the obstacles say why. A blocked release is passed over, which is said, too. */
export interface RollbackTarget {
  readonly to: Digest | null;
  readonly obstacles: readonly RollbackObstacle[];
}

/** The releases that will stand ready behind one that is promoted, the nearest first. */
export function readyBehind({ release, live, migrates, history }: Omit<RollbackFacts, 'blocks'>): readonly Digest[] {
  const promoted: SucceededPromotion = { kind: 'promote', release, previous: live, migrated: migrates };
  return wayBack(live === release ? history : [promoted, ...history]).filter((one) => one !== release);
}

/** By the records alone: whether the target's files and its version are there is another question. */
export function rollbackAfter(facts: RollbackFacts): RollbackTarget {
  const { environment, release, live, migrates, floor, blocks } = facts;
  const ready = readyBehind(facts);
  const blockOf = (digest: Digest) => blocks.find((block) => block.release === digest && block.blocked);
  const to = ready.find((digest) => !blockOf(digest)) ?? null;
  const passed = to === null ? ready : ready.slice(0, ready.indexOf(to));
  const blocked = passed.flatMap((digest) => {
    const block = blockOf(digest);
    return block ? [blockedObstacle(block)] : [];
  });
  if (to !== null || blocked.length > 0) return { to, obstacles: blocked };
  const raised = migrates && live !== null && live !== release ? release : floor;
  return { to, obstacles: [raised === null ? nothingThere(environment) : belowFloor(environment, raised)] };
}

function blockedObstacle(block: Block): RollbackObstacle {
  const { code, message: reason, hint = '' } = blockedTargetError(block);
  return { code, reason, hint };
}

const nothingThere = (environment: string): RollbackObstacle => ({
  code: 'nothing-to-roll-back-to',
  reason: `no other release stands ready in ${environment}`,
  hint: `soundbite history ${environment}, then soundbite rollback ${environment} --to <release>`,
});

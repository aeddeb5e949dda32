import type { Plan } from '@soundbite/client';
import { refusedAfter } from '@soundbite/engine';
import {
  type Digest,
  type Environment,
  planPromotion,
  type Release,
  type RollbackObstacle,
  readyBehind,
  rollbackAfter,
  type StackState,
  type StepName,
  stepNameOf,
  toErrorDocument,
} from '@soundbite/model';
import { foundAnywhere } from './releases.ts';
import type { World } from './world/world.ts';

/** What is promoted where, and what stands there. */
export interface PromotedThere {
  readonly environment: Environment;
  readonly release: Release;
  readonly live: Digest | null;
  readonly stack: StackState | null;
}

/** Where a rollback would go once a release is final in an environment, and what would stand in the way. Fetches no release. */
export async function rollbackVerdict(world: World, about: PromotedThere): Promise<Plan['rollback']> {
  const { records } = world.engine;
  const { environment, release, live } = about;
  const { name } = environment;
  const [history, floor, migrates] = await Promise.all([
    records.history(name),
    records.rollbackFloor(name),
    wouldMigrate(world, about),
  ]);
  const facts = { environment: name, release: release.digest, live, migrates, history, floor };
  const blocks = await Promise.all(readyBehind(facts).map((digest) => records.blockOf(digest)));
  const { to, obstacles } = rollbackAfter({ ...facts, blocks: blocks.filter((block) => block !== null) });
  return {
    to,
    ready: to && (await isReady(world, about, to)),
    obstacles: [...obstacles, ...(to ? await obstaclesOf(world, about, to) : [])],
    usualSeconds: to && (await usualSeconds(world, environment, to)),
  };
}

/** A migration runs once for a release and environment. */
async function wouldMigrate({ engine }: World, { environment, release, live }: PromotedThere): Promise<boolean> {
  const brings = 'migration' in release.manifest && release.manifest.migration !== undefined;
  if (!brings || live === release.digest) return false;
  return !(await engine.records.ranMigration(environment.name, release.digest))?.wasLive;
}

/** Whether its version is there; null: that could not be seen, or there is no stack to look into. */
async function isReady(
  { clouds, runtime }: World,
  { environment, stack }: PromotedThere,
  target: Digest,
): Promise<boolean | null> {
  if (!stack) return null;
  try {
    const place = { environment, cloud: await clouds.of(environment), outputs: stack.outputs };
    const { versions } = await runtime(environment.runtime).observe(place, 'versions');
    return versions.some((version) => version.release === target && version.healthy);
  } catch {
    // What was found of the rest is worth saying all the same.
    return null;
  }
}

/** Its files may be gone, or too old. */
async function obstaclesOf(
  world: World,
  { environment, release }: PromotedThere,
  target: Digest,
): Promise<RollbackObstacle[]> {
  try {
    await foundAnywhere(world, target);
  } catch (error) {
    const { code, message: reason, hint } = toErrorDocument(error);
    return [{ code, reason, hint }];
  }
  // Of this home alone: a look fetches no release.
  const ports = { releases: world.ownReleases };
  const about = { target, next: release.digest };
  const refused = await refusedAfter(ports, world.engine.records, environment.name, about);
  return refused ? [refused] : [];
}

/** As rollbacks took there; else as those steps took in promotions. */
async function usualSeconds({ engine }: World, environment: Environment, target: Digest): Promise<number | null> {
  const { records } = engine;
  const seen = await records.usualRollbackSeconds(environment.name);
  if (seen !== null) return seen;
  const request = { kind: 'rollback' as const, allowRemovals: [] };
  const { steps } = planPromotion({ request, environment, release: target, previous: null });
  const expected = await records.expectedSeconds(environment.name);
  const known = steps.map((step) => expected.get(stepNameOf(step) as StepName));
  return known.reduce<number | null>((sum, one) => (sum === null || one === undefined ? null : sum + one), 0);
}

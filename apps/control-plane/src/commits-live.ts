import type { CommitsLive, CommitsQuery } from '@soundbite/client';
import { type Commit, commitsMeant } from './commits.ts';
import { cutFrom } from './cut-from.ts';
import { recordsAt } from './records-seen.ts';
import type { World } from './world/world.ts';

/** Commits that are told at most. */
const toldAtMost = 20;

/** Where commits are live that somebody means: in which environments the history behind the release has them. Errors: `usage`, for a time that has not come. */
export async function commitsLive(world: World, { find, at }: CommitsQuery): Promise<CommitsLive> {
  const records = recordsAt(world, at ?? null);
  const live = await Promise.all(
    world.declaration().environments.map(async ({ name }) => {
      const cut = await cutFrom(world, (await records.environment(name)).liveRelease);
      return { name, commit: cut?.commit ?? null };
    }),
  );
  const found = await foundBehind(world.config.root, new Set(live.flatMap(({ commit }) => commit ?? [])), find);
  const told = new Map<string, Commit & { readonly environments: string[] }>();
  for (const { name, commit } of live)
    for (const one of (commit !== null && found.get(commit)) || []) {
      const known = told.get(one.commit) ?? { ...one, environments: [] };
      known.environments.push(name);
      told.set(one.commit, known);
    }
  const commits = [...told.values()];
  const isMore = [...found.values()].some((some) => (some?.length ?? 0) > toldAtMost);
  return {
    commits: commits.slice(0, toldAtMost),
    isMore: isMore || commits.length > toldAtMost,
    unread: live.flatMap(({ name, commit }) => (commit !== null && found.get(commit) === null ? [name] : [])),
  };
}

/** By the commit that is live: what of its history is meant, one more than is told at most; null where git cannot say. */
const foundBehind = async (root: string, heads: ReadonlySet<string>, find: string) =>
  new Map(
    await Promise.all(
      [...heads].map(async (head) => [head, await commitsMeant(root, head, find, toldAtMost + 1)] as const),
    ),
  );

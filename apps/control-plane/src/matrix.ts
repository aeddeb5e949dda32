import type { Matrix, MatrixCell, MatrixQuery } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import { type Digest, listedPage } from '@soundbite/model';
import { cutFrom } from './cut-from.ts';
import { listReleases } from './releases.ts';
import type { World } from './world/world.ts';

/** Releases and what became of each, by the records alone. Errors: `release-unknown`, if a release that is asked for, or behind which it goes on, is not listed. */
export async function matrix(world: World, query: MatrixQuery): Promise<Matrix> {
  const { page, more } = listedPage((await listReleases(world)).releases, query);
  const environments = world.declaration().environments.map(({ name }) => name);
  const [last, live] = await Promise.all([
    world.engine.records.lastOf(page.map(({ release }) => release)),
    liveIn(world, environments),
  ]);
  const releases = page.map(async ({ release, blocked }) => ({
    release,
    cut: await cutFrom(world, release),
    blocked,
    cells: last
      .filter((view) => view.release === release && environments.includes(view.environment))
      .map((view) => cellOf(view, live.get(view.environment) ?? null)),
  }));
  return { environments, releases: await Promise.all(releases), more };
}

async function liveIn({ engine }: World, names: readonly string[]): Promise<ReadonlyMap<string, Digest | null>> {
  const found = names.map(async (name) => [name, (await engine.records.environment(name)).liveRelease] as const);
  return new Map(await Promise.all(found));
}

/** One that is live stays so while it is promoted once more, or that has failed: the row says it. */
export function cellOf(view: RevisedView, live: Digest | null): MatrixCell {
  const { environment, promotion, state, release, createdAt, finishedAt, reason } = view;
  const standing = live === release ? 'live' : state === 'succeeded' ? 'was-live' : state;
  return { environment, state: standing, promotion, at: finishedAt ?? createdAt, reason };
}

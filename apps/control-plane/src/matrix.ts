import type { Matrix, MatrixCell, MatrixQuery } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import { type Digest, listedPage } from '@soundbite/model';
import { cutFrom } from './cut-from.ts';
import { type RecordsSeen, recordsAt } from './records-seen.ts';
import { listReleases } from './releases.ts';
import type { World } from './world/world.ts';

/**
 * Releases and what became of each, by the records alone. With `at`, as it was then, of those whose commits were there. Errors: `release-unknown`, if a release
 * that is asked for, or behind which it goes on, is not listed; `usage`, for a time that has not come.
 */
export async function matrix(world: World, query: MatrixQuery): Promise<Matrix> {
  const at = query.at ?? null;
  const records = recordsAt(world, at);
  const { releases: listed } = await listReleases(world);
  const wasThere = ({ committedAt }: { readonly committedAt: string }) =>
    at === null || Date.parse(committedAt) <= Date.parse(at);
  const { page, more } = listedPage(listed.filter(wasThere), query);
  const environments = world.declaration().environments.map(({ name }) => name);
  const [last, live, blocks] = await Promise.all([
    records.lastOf(page.map(({ release }) => release)),
    liveIn(records, environments),
    records.blocks(),
  ]);
  const releases = page.map(async ({ release }) => ({
    release,
    cut: await cutFrom(world, release),
    blocked: blocks.find((block) => block.release === release) ?? null,
    cells: environments.flatMap((name) =>
      last
        .filter((view) => view.release === release && view.environment === name)
        .map((view) => cellOf(view, live.get(name) ?? null)),
    ),
  }));
  return { at, environments, releases: await Promise.all(releases), more };
}

async function liveIn(records: RecordsSeen, names: readonly string[]): Promise<ReadonlyMap<string, Digest | null>> {
  const found = names.map(async (name) => [name, (await records.environment(name)).liveRelease] as const);
  return new Map(await Promise.all(found));
}

/** One that is live stays so while it is promoted once more, or that has failed: the row says it. */
export function cellOf(view: RevisedView, live: Digest | null): MatrixCell {
  const { environment, promotion, state, release, createdAt, finishedAt, reason } = view;
  const standing = live === release ? 'live' : state === 'succeeded' ? 'was-live' : state;
  return { environment, state: standing, promotion, at: finishedAt ?? createdAt, reason };
}

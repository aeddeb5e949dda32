import type { Matrix, MatrixCell, MatrixEntry, MatrixQuery } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import { type Digest, type EntryFacts, entryByRecords, type FedFrom, listedPage } from '@soundbite/model';
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
  const [last, standing, blocks] = await Promise.all([
    records.lastOf(page.map(({ release }) => release)),
    Promise.all(environments.map((name) => standingIn(records, name))),
    records.blocks(),
  ]);
  const now = at === null ? Date.now() : Date.parse(at);
  const releases = page.map(async ({ release }) => {
    const blocked = blocks.find((block) => block.release === release) ?? null;
    const cells = standing.flatMap(({ environment, live }) =>
      last
        .filter((view) => view.release === release && view.environment === environment)
        .map((view) => cellOf(view, live)),
    );
    const entries = entriesOf({ release, isBlocked: blocked !== null, cells }, standing, now);
    const live = standing.flatMap((one) => (one.live === release ? [one.environment] : []));
    return { release, cut: await cutFrom(world, release), blocked, live, cells, entries };
  });
  return { at, environments, releases: await Promise.all(releases), more };
}

/** What the records say of an environment. */
type Standing = Pick<EntryFacts, 'freezes' | 'holds'> & FedFrom & { readonly environment: string };

async function standingIn(records: RecordsSeen, environment: string): Promise<Standing> {
  const [{ liveRelease: live }, { freezes, holds, taints }] = await Promise.all([
    records.environment(environment),
    records.acting(environment, null),
  ]);
  return { environment, live, freezes, holds, taints };
}

/** Cells in which a release stands, or is on its way: whether it may enter is no question there. */
const settled: ReadonlySet<MatrixCell['state']> = new Set(['live', 'was-live', 'waiting', 'running']);

/** Where a release may enter, or would but for what keeps it out for now. `standing`: in declared order; `now`: ms since 1970. */
export function entriesOf(
  { cells, ...of }: Pick<EntryFacts, 'release' | 'isBlocked'> & { readonly cells: readonly MatrixCell[] },
  standing: readonly Standing[],
  now: number,
): MatrixEntry[] {
  return standing.flatMap(({ environment, live, freezes, holds }, index) => {
    const cell = cells.find((one) => one.environment === environment);
    if (live === of.release || (cell && settled.has(cell.state))) return [];
    const before = standing[index - 1] ?? null;
    const entry = entryByRecords({ ...of, freezes, holds, before, beforeName: before?.environment ?? null }, now);
    return entry ? [{ environment, ...entry }] : [];
  });
}

/** One that is live stays so while it is promoted once more, or that has failed: the row says it. */
export function cellOf(view: RevisedView, live: Digest | null): MatrixCell {
  const { environment, promotion, state, release, createdAt, finishedAt, reason } = view;
  const standing = live === release ? 'live' : state === 'succeeded' ? 'was-live' : state;
  return { environment, state: standing, promotion, at: finishedAt ?? createdAt, reason };
}

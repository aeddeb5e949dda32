import type { Overview, OverviewPlace } from '@soundbite/client';
import type { RevisedView } from '@soundbite/engine';
import { type Environment, isFinal } from '@soundbite/model';
import { commitsAhead } from './commits.ts';
import { cutFrom } from './cut-from.ts';
import { type RecordsSeen, recordsAt } from './records-seen.ts';
import { undeclared } from './undeclared.ts';
import { why } from './why.ts';
import type { World } from './world/world.ts';

/**
 * Everything about all environments that the records say, in declared order; then those that are no longer declared. No account is asked. With `at`, as it
 * was then, of the environments that are declared today. Errors: `usage`, for a time that has not come.
 */
export async function overview(world: World, at: string | null = null): Promise<Overview> {
  const records = recordsAt(world, at);
  const { environments: declared } = world.declaration();
  const left = await undeclared(world);
  const [places, others] = await Promise.all(
    [declared, left].map((all) => Promise.all(all.map((one) => placeOf(world, records, one)))),
  );
  const chain = (places ?? []).map(async (place, index) => ({
    ...place,
    ...(await apart(world, places?.[index - 1]?.cut, place.cut)),
  }));
  const undeclaredPlaces = (others ?? []).map((place) => ({ ...place, declared: false, behind: null, ahead: null }));
  return { at, environments: [...(await Promise.all(chain)), ...undeclaredPlaces] };
}

type Place = Omit<OverviewPlace, 'behind' | 'ahead'>;

async function placeOf(world: World, records: RecordsSeen, { name, runtime, cloud }: Environment): Promise<Place> {
  const [decided, asked, holder] = await Promise.all([
    why(world, name, records),
    records.list({ environment: name, limit: 20 }),
    records.holder(name),
  ]);
  const last = asked.find(({ state }) => isFinal(state));
  const told = async (view: RevisedView | undefined) => view && { ...view, cut: await cutFrom(world, view.release) };
  return {
    environment: name,
    declared: true,
    runtime,
    cloud: { kind: cloud.kind, account: cloud.account, region: cloud.region },
    why: decided,
    cut: await cutFrom(world, decided.release),
    holder,
    running: (await told(asked.find(({ state }) => state === 'running'))) ?? null,
    failed: (await told(last?.state === 'succeeded' ? undefined : last)) ?? null,
  };
}

/** By the commits of which only one of two has them. */
async function apart(
  { config }: Pick<World, 'config'>,
  before: Place['cut'] | undefined,
  here: Place['cut'],
): Promise<Pick<OverviewPlace, 'behind' | 'ahead'>> {
  if (!before || !here) return { behind: null, ahead: null };
  const [behind, ahead] = await Promise.all([
    commitsAhead(config.root, here.commit, before.commit),
    commitsAhead(config.root, before.commit, here.commit),
  ]);
  return { behind, ahead };
}

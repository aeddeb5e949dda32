import type { FindingView } from '@soundbite/client';
import { type Digest, type SharedReleases, shortDigest } from '@soundbite/model';
import type { World } from './world/world.ts';

/** Whether the store that homes share can be used, and has what other homes may need of this one. */
export async function sharedStoreFinding(world: World, shared: SharedReleases): Promise<Omit<FindingView, 'name'>> {
  await shared.check();
  const there = new Set(await shared.list());
  const missing = (await neededByOthers(world)).filter((digest) => !there.has(digest));
  const [first] = missing;
  const detail = `${shared.address} can be listed, written and read`;
  if (first === undefined) return { ok: true, detail: `${detail}; releases there: ${there.size}` };
  return {
    ok: false,
    detail: `${shared.address} lacks ${missing.map(shortDigest).join(', ')}, which other homes may need`,
    hint: missing.map((digest) => `soundbite release push ${shortDigest(digest)}`).join(' && '),
  };
}

/** Releases of this home that are live, kept for a rollback, or on their way where other homes act too. */
async function neededByOthers(world: World): Promise<Digest[]> {
  const { records } = world.engine;
  const shared = world.declaration().environments.filter((one) => !world.runtime(one.runtime).isHere(one));
  const needed = new Set<string | null>();
  for (const { name } of shared) {
    const { liveRelease, previousRelease } = await records.environment(name);
    const open = await records.list({ environment: name, limit: 100, unfinished: true });
    for (const digest of [liveRelease, previousRelease, ...open.map(({ release }) => release)]) needed.add(digest);
  }
  const own = await world.ownReleases.list();
  return own.map(({ digest }) => digest).filter((digest) => needed.has(digest));
}

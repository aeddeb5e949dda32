import type { ReleaseList, ReleaseView, RemoveResult, VerifyResult } from '@soundbite/client';
import { type Digest, SoundBiteError } from '@soundbite/model';
import type { World } from './world/world.ts';

export async function listReleases(world: World): Promise<ReleaseList> {
  const live = await liveReleases(world);
  const releases = await world.releases.list();
  return {
    releases: releases.map(({ digest, provenance }) => ({
      release: digest,
      commit: provenance.commit,
      committedAt: provenance.committedAt,
      dirty: provenance.dirty,
      environments: live.get(digest) ?? [],
    })),
  };
}

export async function showRelease(world: World, digest: Digest): Promise<ReleaseView> {
  const { directory, manifest, provenance } = await world.releases.get(digest);
  return {
    release: digest,
    path: directory,
    manifest,
    provenance,
    live: (await liveReleases(world)).get(digest) ?? [],
  };
}

export async function verifyRelease(world: World, digest: Digest): Promise<VerifyResult> {
  const { manifest } = await world.releases.verify(digest);
  return { release: digest, ok: true, files: manifest.files.length };
}

/**
 * Takes a release out of the store, an altered one too. Errors: `release-unknown`; `release-in-use` while an environment has it, would go back to it, or
 * is on its way to it.
 */
export async function removeRelease(world: World, digest: Digest): Promise<RemoveResult> {
  const use = await useOf(world, digest);
  if (use) throw new SoundBiteError('release-in-use', `${digest} ${use.reason}`, { hint: use.hint });
  await world.releases.remove(digest);
  await world.engine.records.removed(digest);
  return { release: digest, removed: true };
}

/** The first use of a release that keeps it in the store. */
async function useOf(world: World, digest: Digest): Promise<{ reason: string; hint: string } | null> {
  for (const { promotion, environment, release, previous } of await world.engine.records.list({
    limit: 1000,
    unfinished: true,
  })) {
    const hint = `wait for it, or soundbite abort ${promotion}`;
    if (release === digest) return { reason: `is on its way into ${environment} (promotion ${promotion})`, hint };
    if (previous === digest)
      return { reason: `is what promotion ${promotion} into ${environment} goes back to when it fails`, hint };
  }
  for (const { name } of world.declaration().environments) {
    const { liveRelease, previousRelease } = await world.engine.records.environment(name);
    if (liveRelease === digest)
      return { reason: `is live in ${name}`, hint: `soundbite rollback ${name}, or promote another release there` };
    if (previousRelease === digest)
      return {
        reason: `is what a rollback of ${name} goes to`,
        hint: `soundbite promote ${name} with a newer release first`,
      };
  }
  return null;
}

/** Release → environments where it is live. */
async function liveReleases(world: World): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  for (const { name } of world.declaration().environments) {
    const { liveRelease } = await world.engine.records.environment(name);
    if (liveRelease) live.set(liveRelease, [...(live.get(liveRelease) ?? []), name]);
  }
  return live;
}

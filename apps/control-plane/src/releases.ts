import type { ReleaseList, ReleaseView, VerifyResult } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
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

/** Release → environments where it is live. */
async function liveReleases(world: World): Promise<Map<string, string[]>> {
  const live = new Map<string, string[]>();
  for (const { name } of world.declaration().environments) {
    const { liveRelease } = await world.engine.records.environment(name);
    if (liveRelease) live.set(liveRelease, [...(live.get(liveRelease) ?? []), name]);
  }
  return live;
}

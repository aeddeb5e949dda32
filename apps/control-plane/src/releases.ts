import type {
  ComponentList,
  CutRequest,
  CutResult,
  ReleaseList,
  ReleaseSummary,
  ReleaseView,
  RemoveResult,
  VerifyResult,
} from '@soundbite/client';
import { type Digest, type ReleaseDocuments, SoundBiteError } from '@soundbite/model';
import { sbomComponents } from '@soundbite/release';
import type { By } from './by.ts';
import { recordCommit } from './cut-from.ts';
import { imagesOf } from './images.ts';
import { sharedContents } from './shared-contents.ts';
import { copyOf, share } from './shared-copies.ts';
import type { World } from './world/world.ts';

/**
 * Cuts a release and records what its commit says of itself, and where it was cut, if that was said: beside the release, which is the same wherever it is cut.
 * One that was there already, or whose cut was told before this ended, has it all the same.
 */
export async function cutAndRecord(world: World, { source, actor, ci, labels }: By<CutRequest>): Promise<CutResult> {
  const from = source ?? world.config.root;
  const cut = await world.cut(from);
  await recordCommit(world, from, cut.commit);
  if (ci || Object.keys(labels).length > 0)
    await world.engine.records.recordCut(cut.release, { by: actor, ci, labels });
  return { ...cut, shared: await share(world, cut.release) };
}

/** Those of this home, then those that only the shared store has. A shared store that does not answer hides nothing that is here. */
export async function listReleases(world: World): Promise<ReleaseList> {
  const [live, own, blocks] = await Promise.all([
    liveReleases(world),
    world.ownReleases.list(),
    world.engine.records.blocks(),
  ]);
  const blocked = new Map(blocks.map((block) => [block.release, block]));
  const here = new Set(own.map(({ digest }) => digest));
  const contents = await sharedContents(world.sharedReleases, here);
  const summary = (digest: Digest, { manifest, provenance }: ReleaseDocuments): ReleaseSummary => ({
    release: digest,
    commit: provenance.commit,
    committedAt: provenance.committedAt,
    dirty: provenance.dirty,
    environments: live.get(digest) ?? [],
    here: here.has(digest),
    shared: contents?.digests?.has(digest) ?? null,
    blocked: blocked.get(digest) ?? null,
    ...(provenance.adopted && { adopted: manifest.environments.join(', ') }),
  });
  return {
    releases: [
      ...own.map((release) => summary(release.digest, release)),
      ...(contents?.elsewhere ?? []).map(({ digest, documents }) => summary(digest, documents)),
    ],
    shared: contents && { address: contents.address, problem: contents.problem },
  };
}

/** A release's own description, wherever it is; this does not fetch it. Errors: `release-unknown`, `release-altered`. */
export async function showRelease(world: World, digest: Digest): Promise<ReleaseView> {
  const { directory, manifest, provenance } = await foundAnywhere(world, digest);
  const shared = await copyOf(world, digest);
  const live = (await liveReleases(world)).get(digest) ?? [];
  const { records } = world.engine;
  const [cuts, block] = await Promise.all([records.cutsOf(digest), records.blockOf(digest)]);
  const blocked = block?.blocked ? block : null;
  return { release: digest, path: directory, shared, manifest, provenance, live, blocked, cuts };
}

/** Of what a release is made, by its SBOM; this does not fetch it. Errors: `release-unknown`, `release-altered`. */
export async function listComponents(world: World, digest: Digest): Promise<ComponentList> {
  const { directory, manifest } = await foundAnywhere(world, digest);
  if (directory === null) return { components: null, missing: 'elsewhere' };
  const components = await sbomComponents({ digest, directory, manifest });
  return { components, missing: components === null ? 'none' : null };
}

/** A release in this home, or in the store that homes share. Errors: `release-unknown`, `release-altered`, those of the shared store. */
export async function foundAnywhere({ ownReleases, sharedReleases }: World, digest: Digest) {
  try {
    return await ownReleases.get(digest);
  } catch (error) {
    const isMissing = error instanceof SoundBiteError && error.code === 'release-unknown';
    if (!isMissing || sharedReleases === null) throw error;
    return { directory: null, ...(await sharedReleases.documents(digest)) };
  }
}

/** Recomputes all digests of a release, and holds what was made of it against it. Errors: `release-unknown`, `release-altered`. */
export async function verifyRelease(world: World, digest: Digest): Promise<VerifyResult> {
  const release = await world.releases.verify(digest);
  const images = await imagesOf(world, release);
  const ok = images?.environments.every(({ state }) => state !== 'altered') ?? true;
  return { release: digest, ok, files: release.manifest.files.length, images };
}

/**
 * Takes a release out of this home, an altered one too. What homes share stays: others may need it, and only its owners know. Errors: `release-unknown`; `release-in-use` while an environment has it, would go back to it, or
 * is on its way to it.
 */
export async function removeRelease(world: World, digest: Digest): Promise<RemoveResult> {
  const use = await useOf(world, digest);
  if (use) throw new SoundBiteError('release-in-use', `${digest} ${use.reason}`, { hint: use.hint });
  await world.ownReleases.remove(digest);
  await world.engine.records.removed(digest);
  return { release: digest, removed: true, shared: await copyOf(world, digest) };
}

/** The first use of a release that keeps it in the store. */
async function useOf(world: World, digest: Digest): Promise<{ reason: string; hint: string } | null> {
  for (const { promotion, environment, release, previous } of await world.engine.records.list({
    limit: 1000,
    unfinished: true,
  })) {
    const hint = `wait for it, or soundbite abort ${promotion}`;
    if (release === digest) return { reason: `is being promoted into ${environment} (promotion ${promotion})`, hint };
    if (previous === digest)
      return { reason: `is what promotion ${promotion} into ${environment} rolls back to if it fails`, hint };
  }
  for (const { name } of world.declaration().environments) {
    const { liveRelease, previousRelease } = await world.engine.records.environment(name);
    if (liveRelease === digest)
      return { reason: `is live in ${name}`, hint: `soundbite rollback ${name}, or promote another release there` };
    if (previousRelease === digest)
      return {
        reason: `is the rollback target of ${name}`,
        hint: `soundbite promote ${name} with a newer release first`,
      };
  }
  return null;
}

/** Release → environments where it is live. */
async function liveReleases(world: World): Promise<Map<string, string[]>> {
  const { environments } = world.declaration();
  const liveIn = async (name: string) => (await world.engine.records.environment(name)).liveRelease;
  const found = await Promise.all(environments.map(async ({ name }) => ({ name, release: await liveIn(name) })));
  const live = new Map<string, string[]>();
  for (const { name, release } of found) if (release) live.set(release, [...(live.get(release) ?? []), name]);
  return live;
}

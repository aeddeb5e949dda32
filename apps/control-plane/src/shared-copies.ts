import type { SharedCopy } from '@soundbite/client';
import {
  type Digest,
  type PromotionRequest,
  restOf,
  SoundBiteError,
  shortDigest,
  toErrorDocument,
} from '@soundbite/model';
import type { World } from './world/world.ts';

/** The parts of the world that sharing releases needs. */
export type Sharing = Pick<World, 'sharedReleases' | 'ownReleases' | 'log'>;

/**
 * Sees that a release of this home is in the store that homes share. That it is not, for whatever reason, says nothing about the release: it stays here,
 * and the answer says what to do. Null: homes share no releases.
 */
export async function share(
  { sharedReleases: shared, ownReleases, log }: Sharing,
  digest: Digest,
): Promise<SharedCopy | null> {
  if (!shared) return null;
  const address = shared.addressOf(digest);
  try {
    if (!(await shared.has(digest))) await shared.push(await ownReleases.verify(digest));
    return { address, holds: true, problem: null };
  } catch (error) {
    log.warn({ err: error, release: digest }, 'the release is not shared');
    return { address, holds: false, problem: problemOf(digest, error) };
  }
}

/** Puts what the shared store lacks of a release, and holds all that is there against it. Errors: `release-store-…`, `release-copy-altered`. */
export async function pushRelease({ sharedReleases: shared, ownReleases }: World, release: Digest) {
  if (!shared) throw new SoundBiteError('release-store-unusable', 'no shared release store is set');
  const put = await shared.push(await ownReleases.verify(release));
  return { release, address: shared.addressOf(release), put };
}

/** Whether the shared store has a release, as far as it says. */
export async function copyOf(
  { sharedReleases: shared }: Pick<World, 'sharedReleases'>,
  digest: Digest,
): Promise<SharedCopy | null> {
  if (!shared) return null;
  const address = shared.addressOf(digest);
  try {
    return { address, holds: await shared.has(digest), problem: null };
  } catch (error) {
    const { code, message, hint } = toErrorDocument(error);
    return { address, holds: null, problem: { code, message, hint } };
  }
}

/**
 * A promotion that may come to an environment which other homes reach can go on there without this home once its release is shared, and be undone once
 * the one before is. Nothing waits for that, since this home does not need it; `doctor` reports what is missing there.
 */
export async function shareForOthers(
  world: World,
  request: PromotionRequest,
  { release, previous }: { readonly release: string; readonly previous: string | null },
): Promise<void> {
  if (!world.sharedReleases) return;
  try {
    if (!leavesHome(world, request)) return;
    for (const { digest } of await world.ownReleases.list())
      if (digest === release || digest === previous) await share(world, digest);
  } catch (error) {
    world.log.warn({ err: error, release }, 'whether the release is to be shared is not known');
  }
}

/** Whether a promotion may come to an environment that is not this home's own. */
function leavesHome(world: World, request: PromotionRequest): boolean {
  const { environments } = world.declaration();
  const all = environments.map(({ name }) => name);
  const names = [request.environment, ...restOf(all, request)];
  return environments.some((one) => names.includes(one.name) && !world.runtime(one.runtime).isHere(one));
}

function problemOf(digest: Digest, error: unknown): SharedCopy['problem'] {
  const { code, message, hint } = toErrorDocument(error);
  const again = `soundbite release push ${shortDigest(digest)}`;
  return { code, message, hint: hint.includes('soundbite release push') ? hint : `${hint}, then: ${again}` };
}

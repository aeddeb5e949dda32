import type { CutFrom } from '@soundbite/client';
import type { Digest } from '@soundbite/model';
import { commitText } from './commits.ts';
import { unlessRefused } from './unless-refused.ts';
import type { World } from './world/world.ts';

/** From what a release was cut; null: there is none, or this home does not have it. A look fetches no release. */
export async function cutFrom(
  { ownReleases, config }: Pick<World, 'ownReleases' | 'config'>,
  digest: Digest | null,
): Promise<CutFrom | null> {
  const release = digest && (await unlessRefused(ownReleases.get(digest)));
  if (!release) return null;
  const { commit, committedAt, dirty } = release.provenance;
  return { commit, ...(await commitText(config.root, commit)), committedAt, dirty };
}

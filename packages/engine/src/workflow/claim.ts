import { homeOfSite, rowOfError, type SoundBiteError, shortDigest, toErrorDocument } from '@soundbite/model';
import type { PromotionPorts } from '../ports.ts';
import type { Asked } from '../store/promotion-rows.ts';
import type { Home } from '../store/sites.ts';

/**
 * Why a promotion into an environment that homes share is left to another control plane: this one has the release neither itself nor from the shared
 * store, from which it is fetched by this very question. Null: it can carry it out. In an environment of its own a home is the only one that ever could.
 */
export async function whyLeft(
  { releases }: Pick<PromotionPorts, 'releases'>,
  home: Home | null,
  { site, release, plan, home: from }: Pick<Asked, 'site' | 'release' | 'plan' | 'home'>,
): Promise<string | null> {
  if (home === null || homeOfSite(site) !== null) return null;
  const digest = plan?.release ?? release;
  const error = await releases.get(digest).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  // What is wrong with the release itself is for the steps to say.
  if (error === null || rowOfError(error).verdict === 'release') return null;
  const who = `waits for a control plane that has ${shortDigest(digest)}${askedAt(from)}`;
  return (error as SoundBiteError).code === 'release-unknown' ? who : `${who}; ${toErrorDocument(error).message}`;
}

const askedAt = (home: Home | null): string => (home === null ? '' : `; it was asked for on ${told(home)}`);

/** What is said of a promotion that only its home can let in: it knows what is live before. */
export const waitsForHome = (home: Home): string =>
  `waits for the control plane on ${told(home)}, which was asked for it`;

const told = ({ id, host }: Home): string => `${host} (home ${id.slice(0, 8)})`;
